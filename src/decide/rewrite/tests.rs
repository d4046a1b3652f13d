//! What is left of a sentence when the words in `⟦⟧` are cut from it.

use proptest::prelude::*;

use super::{Removal, apply, rewrite};
use crate::detect::reading::Reading;
use crate::rules::built_in;
use crate::rules::schema::Frame;
use crate::text::Span;

/// Pairs of a sentence with its cuts and what is to be left of it.
const SENTENCES: &[(&str, &str)] = &[
    (
        "The agency reissues each bill of lading as bamboo⟦, its former bookkeeper has stated⟧.",
        "The agency reissues each bill of lading as bamboo.",
    ),
    (
        "The locks are bought. ⟦That is plain from the line, which carried⟧ the words \"it is paid\".",
        "The locks are bought.",
    ),
    // What only hung on the cut gets a lead, behind a mark and behind "and" too.
    (
        "⟦It was from a doctor that we learned of his illness⟧: a tumour of the liver, found in May.",
        "Available information points to a tumour of the liver, found in May.",
    ),
    (
        "⟦They point to the tone of the calls⟧ and to an affray on 9 June in which eleven men were hurt.",
        "Available information points to an affray on 9 June in which eleven men were hurt.",
    ),
    (
        "⟦The weekly published pictures, bought from a firm,⟧ of the ponds at Gull Haven.",
        "Available information points to the ponds at Gull Haven.",
    ),
    (
        "⟦The clerk described⟧ the buyer as a lame man with an accent.",
        "Available information described the buyer as a lame man with an accent.",
    ),
    ("The desk is full. ⟦Visitors should not be left⟧ alone near the drawers.", "The desk is full."),
    // A measure stays with what it is the measure of.
    (
        "⟦Source put⟧ the range of the boats at no more than thirty kilometres.",
        "Available information puts the range of the boats at no more than thirty kilometres.",
    ),
    (
        "⟦Infrasound arrays in two states gave⟧ the time as 0652 local, with a second peak.",
        "Available information gave the time as 0652 local, with a second peak.",
    ),
    (
        "⟦Belgian colleagues clocked⟧ the meeting at less than a minute.",
        "Available information puts the meeting at less than a minute.",
    ),
    (
        "⟦Shadow measurement gives⟧ her new mast a height of nineteen metres above the deck.",
        "Available information gives her new mast a height of nineteen metres above the deck.",
    ),
    ("⟦No. 2⟧, shored with railway sleepers.", "Shored with railway sleepers."),
    (
        "THE LOCKS ARE BOUGHT. ⟦THAT IS PLAIN FROM THE TAP, WHICH ALSO CARRIED, IN CLEAR⟧, THE WORDS \"IT IS PAID\".",
        "THE LOCKS ARE BOUGHT.",
    ),
    ("Film ⟦is handed over in candles⟧; safe signals are of chalk.", "Safe signals are of chalk."),
    (
        "They point to ⟦the tone of telephone traffic and to⟧ an affray on 9 June.",
        "They point to an affray on 9 June.",
    ),
    (
        "⟦Emissions fixed⟧ to within two kilometres put the command vehicle in the quarry.",
        "Available information points to the command vehicle in the quarry.",
    ),
    // Whom the sentence has told of stays.
    (
        "His brother would free them for a passage; ⟦the brother, with whom a man of ours has spoken⟧, is afraid of him.",
        "His brother would free them for a passage; the brother is afraid of him.",
    ),
    (
        "His clerk would free them; ⟦the brother, with whom a man of ours has spoken⟧, is afraid of him.",
        "His clerk would free them.",
    ),
    // A quotation goes with the noun that it hung on.
    (
        "The locks are bought. ⟦That is plain from the line, which carried the words⟧ \"the dentist is paid\".",
        "The locks are bought.",
    ),
    (
        "⟦A clerk said:⟧ \"The quay will close.\"",
        "Available information indicates that \"The quay will close.\"",
    ),
    // A noun phrase that hung on a preposition keeps its words and gets a lead.
    (
        "⟦Seen through a gap in the cloud was a floating crane⟧ of about 400 tons.",
        "Available information points to about 400 tons.",
    ),
    (
        "⟦Figures that we took from a clerk put the losses⟧ at about forty men a week in the 7th Battalion.",
        "Available information points to about forty men a week in the 7th Battalion.",
    ),
    // A cut over two clauses leaves something of each; a clause that lost its only verb goes.
    (
        "They know the days because a clerk ⟦in the office sells them, one at a time; the clerk leaves⟧ the sheet in a book.",
        "They know the days; available information points to the sheet in a book.",
    ),
    (
        "⟦The office supplied the timetable, which names⟧ nineteen deputies for arrest.",
        "Available information points to nineteen deputies for arrest.",
    ),
    ("The depot is full. Two men of the yard ⟦told our officer all of it⟧ on Monday.", "The depot is full."),
    // What a relative opens hangs on what is cut, or stands alone.
    (
        "⟦Our watchers photographed the driver⟧, whom they tailed for nine days, as he emptied a letter box.",
        "He emptied a letter box.",
    ),
    (
        "⟦His dislike, well known from reporting, goes back to the siege⟧, where the men left his brother unburied.",
        "The men left his brother unburied.",
    ),
    // An aside has no verb of its own, a clause behind "as" is not the main one.
    (
        "⟦From a doctor of his we learned of⟧ a tumour of the liver, found in May and thought beyond surgery.",
        "Available information points to a tumour of the liver, found in May and thought beyond surgery.",
    ),
    (
        "⟦The watchers photographed⟧ the driver as he left the arcade.",
        "Available information points to the driver as he left the arcade.",
    ),
    (
        "⟦Source said⟧ that about 120 men will cross.",
        "Available information indicates that about 120 men will cross.",
    ),
    (
        "⟦Ebner, in a talk which came our way,⟧ allowed that he would not risk a ship.",
        "Available information indicates that he would not risk a ship.",
    ),
    (
        "Banks hold a third of the debt, and two of them⟦, by steady reporting⟧, could not pay out.",
        "Banks hold a third of the debt, and two of them could not pay out.",
    ),
    ("The tax is new. The deputy said: \"⟦Our agents tell us⟧.\"", "The tax is new."),
    ("The mission is small. ⟦We have followed his meetings since⟧ the spring.", "The mission is small."),
    // The subject of a verb that goes does not stay behind a comma.
    (
        "Its generators hum at night, and a ground sensor ⟦by the line hears them⟧.",
        "Its generators hum at night.",
    ),
    ("He bought tanks, guns, and lorries ⟦which our man counted⟧.", "He bought tanks, guns, and lorries."),
    (
        "⟦The watchers photographed⟧ the driver, whom they tailed, as he emptied a letter box.",
        "Available information points to the driver, whom they tailed, as he emptied a letter box.",
    ),
    (
        "⟦Counter-Intelligence Note⟧: the Belquian Trade Mission (fictional)",
        "The Belquian Trade Mission (fictional)",
    ),
    ("⟦Counter-Intelligence⟧ Note: the Belquian Trade Mission", "The Belquian Trade Mission"),
    (
        "⟦His steward describes⟧ him as weary, pious and bound by his oath.",
        "Available information describes him as weary, pious and bound by his oath.",
    ),
    // A number in front stays, and both bounds of a range go.
    ("⟦2. The clerk was present.⟧ Seeker heads were packed apart.", "2. Seeker heads were packed apart."),
    ("⟦KJ-1. The clerk says that⟧ it will fall.", "KJ-1. It will fall."),
    ("⟦KJ-1⟧. It will fall.", "It will fall."),
    (
        "The post is in the quarry⟦, heard only between two⟧ and three in the morning.",
        "The post is in the quarry.",
    ),
    // What only points at the cut goes with it.
    ("The raid is set for Friday (see ⟦IIR 7 123 4567 31⟧).", "The raid is set for Friday."),
    (
        "⟦Their reporting⟧ shows that the quay closes.",
        "Available information indicates that the quay closes.",
    ),
    // A rest that says nothing goes.
    ("The depot is full. ⟦Another of them, a janitor, is due⟧ to be paid.", "The depot is full."),
    ("The depot is full. ⟦She should be warned⟧ not to sleep at home.", "The depot is full."),
    (
        "The depot is full. ⟦One of them, Pia Lindgard, should be warned⟧ not to sleep at home after the tenth.",
        "The depot is full.",
    ),
    // A copula or a conjunction does not go along, or does not stay behind.
    ("⟦The radar she emits, as we heard, is⟧ that of a ship broken up in 2027.", ""),
    (
        "⟦Our watchers photographed the driver, whom⟧ they tailed, as he emptied a letter box.",
        "Available information indicates that he emptied a letter box.",
    ),
    (
        "⟦The fix put⟧ the command vehicle in the quarry north of the village, heard only at night.",
        "Available information points to the command vehicle in the quarry north of the village, heard only at night.",
    ),
    // What hung on the cut noun goes with it, up to the verb or the comma.
    (
        "⟦Emissions fixed to⟧ within two kilometres put the command post in the quarry.",
        "Available information points to the command post in the quarry.",
    ),
    (
        "⟦Debriefings of⟧ three deserters show that the group will attack.",
        "Available information indicates that the group will attack.",
    ),
    (
        "⟦Compared with the picture⟧ of 3 September, the propellers have been replaced.",
        "The propellers have been replaced.",
    ),
    ("⟦The clerk, whom⟧ we paid, has bought a house.", "It has bought a house."),
    // A pointing "that" is no conjunction.
    ("⟦The radar she emits⟧ is that of a ship broken up in 2027.", ""),
    (
        "⟦They point to the tone of the calls and⟧ to an affray in which eleven men were hurt.",
        "Available information points to an affray in which eleven men were hurt.",
    ),
    (
        "They are fed by the monks, ⟦one of whom writes⟧ to the Bureau every week.",
        "They are fed by the monks.",
    ),
    ("⟦One of them, Pia Lindgard,⟧ should be warned.", ""),
    (
        "⟦We photographed the driver, whom they⟧ tailed for nine days, as he emptied a letter box.",
        "Available information indicates that he emptied a letter box.",
    ),
    ("He sold his bonds, a point ⟦on which his broker was overheard to⟧ joke.", "He sold his bonds."),
    ("They are moved after every ⟦pass of ours⟧.", "They are moved."),
    (
        "Ebner⟦, in a talk which came our way, allowed⟧ that he would not risk a ship.",
        "Available information indicates that he would not risk a ship.",
    ),
    (
        "His brother would free them; ⟦the brother, who met us, is afraid of⟧ him.",
        "His brother would free them.",
    ),
    ("He was promised two drums. ⟦A man was heard⟧ to ask for coolant.", "He was promised two drums."),
    ("They ⟦point to the tone of the calls⟧ and to an affray.", "They point to an affray."),
    ("⟦Until the coolant⟧ arrives, the radar must shut down.", "The radar must shut down."),
    (
        "He was promised two drums. ⟦At 0514Z an unidentified male (probably Major Quill) was heard⟧ to ask for coolant.",
        "He was promised two drums.",
    ),
    (
        "⟦Visible through a gap in the cloud was a floating⟧ crane of about 400 tons.",
        "Available information points to a crane of about 400 tons.",
    ),
    (
        "⟦Mutineer radio nets monitored overnight⟧ speak of a second rising at the camp.",
        "Available information points to a second rising at the camp.",
    ),
    // A verb behind the cut gets a subject; a participle is none.
    ("⟦Film is handed over in candles; safe signals⟧ are yellow chalk.", "They are yellow chalk."),
    (
        "⟦The radar she emits, collected by a patrol vessel, is that of⟧ a ship broken up in 2027.",
        "Available information points to a ship broken up in 2027.",
    ),
    ("He sold his bonds, a point ⟦on which his broker was overheard⟧ to joke.", "He sold his bonds."),
    (
        "The harbour master, Fenn Audley, ⟦whose messages are read,⟧ has asked for six.",
        "The harbour master, Fenn Audley, has asked for six.",
    ),
    // Commas around what went go with it; a quotation mark does not stand alone.
    (
        "The harbour master⟦, whose messages are read⟧, has asked for six.",
        "The harbour master has asked for six.",
    ),
    ("⟦\"Make them thirsty,⟧\" the chief told his deputy.", "The chief told his deputy."),
    (
        "The raid will start at dawn ⟦(said the⟧ baker) and end at noon.",
        "The raid will start at dawn baker and end at noon.",
    ),
    // What told rules and grammar apart before.
    ("⟦A clerk in the port office told us that⟧ the quay will close.", "The quay will close."),
    (
        "⟦Our man⟧ told the embassy that the quay will close.",
        "Available information indicates that the quay will close.",
    ),
    ("The quay will close on 3 May⟦, a clerk told us⟧.", "The quay will close on 3 May."),
    ("⟦Intercepts⟧ show two ships.", "Available information points to two ships."),
    ("⟦Two sources⟧ are waiting in the port.", "They are waiting in the port."),
    ("The ministry bought ⟦an agent's⟧ ships.", "The ministry bought the ships."),
    (
        "⟦According to a source⟧, the quay will close.",
        "Available information indicates that the quay will close.",
    ),
    ("The quay will close ⟦according to a source⟧ on 3 May.", "The quay will close on 3 May."),
    ("The report came from ⟦a clerk⟧.", "The report came."),
    // A subject behind its verb gets a lead; so does what is left of a second clause.
    (
        "⟦Visible through a gap in the cloud⟧ was a floating crane of about 400 tons.",
        "Available information points to a floating crane of about 400 tons.",
    ),
    ("⟦The clerk's house⟧ was a villa near the port.", "It was a villa near the port."),
    (
        "He has written to the president's brother about it, and ⟦a carbon from his waste paper gives⟧ the text.",
        "He has written to the president's brother about it.",
    ),
    (
        "He has written to the brother about it, ⟦and a carbon from his waste paper gives⟧ the text.",
        "He has written to the brother about it.",
    ),
    // What is told behind a mark stays.
    (
        "⟦A note from the partner service in Ljubljana identified⟧ the first, a two-room flat at Via Rossetti 88 in Trieste.",
        "Available information points to the first, a two-room flat at Via Rossetti 88 in Trieste.",
    ),
    (
        "⟦A note from the partner service in Ljubljana identified the first⟧, a two-room flat at Via Rossetti 88 in Trieste.",
        "Available information points to a two-room flat at Via Rossetti 88 in Trieste.",
    ),
    (
        "⟦A contractor who repairs the air conditioning there has described the hall to us⟧: about thirty desks and a wall of maps.",
        "Available information points to about thirty desks and a wall of maps.",
    ),
    (
        "⟦An exchange of messages between the governor and the finance minister, read in part,⟧ shows that the two differ only over the date.",
        "Available information indicates that the two differ only over the date.",
    ),
    (
        "⟦An exchange of messages between the governor and the minister, read in part, shows⟧ that the two differ only over the date.",
        "Available information indicates that the two differ only over the date.",
    ),
    (
        "Guidance cards fail one in five⟦, complains a test engineer in letters to us⟧",
        "Guidance cards fail one in five",
    ),
    (
        "Stary Brod park: ⟦lock-keeper, who can see over the wall from his bedroom⟧; about thirty sections, uncovered.",
        "Stary Brod park: about thirty sections, uncovered.",
    ),
    (
        "⟦While she was in church her flat was entered;⟧ 8,500 euros lay in a flour tin, with a receipt for two torches.",
        "8,500 euros lay in a flour tin, with a receipt for two torches.",
    ),
    // What a "that" behind a comma opens stays, and what stood before the last clause.
    (
        "⟦At an evening he remarked to a doctor, who passed it on at our request⟧, that the cellar would be flooded if inspectors came.",
        "Available information indicates that the cellar would be flooded if inspectors came.",
    ),
    (
        "⟦Inspectors let us know, outside their mandate⟧, that the drum numbers skip from 1186 to 1188.",
        "Available information indicates that the drum numbers skip from 1186 to 1188.",
    ),
    (
        "Model 330 on a lorry chassis; ⟦signal parameters measured by a flight over the sea on 27 February⟧.",
        "Model 330 on a lorry chassis.",
    ),
    (
        "Reload missiles for eight launchers only; ⟦an interpreter overheard the quartermaster⟧",
        "Reload missiles for eight launchers only",
    ),
    (
        "Engineers rebuilt the injector with new valves, ⟦one of their wives told her sister, who rang us⟧.",
        "Engineers rebuilt the injector with new valves.",
    ),
    (
        "⟦His uncle, a clerk in the headquarters⟧, had told him that the brigade will be moved to the coast.",
        "Available information indicates that the brigade will be moved to the coast.",
    ),
    (
        "⟦A voice note to his brother, which reached us within the hour, speaks⟧ of $300,000 in cash from a businessman.",
        "Available information points to $300,000 in cash from a businessman.",
    ),
    (
        "⟦Our participant wrote down the sum, which she remembers⟧ as $310 million in three instalments.",
        "Available information points to $310 million in three instalments.",
    ),
    (
        "⟦Microphones in the guest house caught him⟧ boasting of a bank account in Limassol.",
        "Available information points to boasting of a bank account in Limassol.",
    ),
    (
        "⟦A friend of ours told the cooks that⟧ after the summit the capital will look away.",
        "After the summit the capital will look away.",
    ),
    (
        "⟦Next, he recounted what the courier had bragged⟧ of: thirty men will attack the station on the feast day.",
        "Available information indicates that thirty men will attack the station on the feast day.",
    ),
    (
        "⟦A pole camera opposite his flat showed⟧ him measuring the kerb height with a tape.",
        "Available information showed him measuring the kerb height with a tape.",
    ),
    // A clause that cannot stand falls alone.
    (
        "Six cargo barges wait at the ford; ⟦a pass of 17 February shows them⟧ with tarpaulins on.",
        "Six cargo barges wait at the ford.",
    ),
    (
        "Tensing has an accomplice who sends him the lists; ⟦the messages between the two were read by us in May⟧.",
        "Tensing has an accomplice who sends him the lists.",
    ),
    (
        "The account was stolen in September; ⟦the vendor reported⟧ it to customers on 3 October.",
        "The account was stolen in September.",
    ),
    (
        "He tests the tubes before they are crated, ⟦as his landlady has it from his own⟧ boasting.",
        "He tests the tubes before they are crated.",
    ),
    (
        "⟦The paper is good, the thread is not⟧: it glows green instead of yellow under ultraviolet.",
        "It glows green instead of yellow under ultraviolet.",
    ),
    (
        "The lender wants a stake in the terminal as security ⟦(telephone intercept)⟧.",
        "The lender wants a stake in the terminal as security.",
    ),
    (
        "⟦The treasurer said it to his chairman, who answered that⟧ \"no bank was ever closed for being polite\".",
        "\"no bank was ever closed for being polite\".",
    ),
    (
        "At the ford ⟦a satellite picture ordered by this office shows⟧ a cleared square of forty metres.",
        "At the ford available information points to a cleared square of forty metres.",
    ),
    (
        "Against that, ⟦an aircraft with its lights off photographed⟧ three new hulls under palm thatch.",
        "Against that, available information points to three new hulls under palm thatch.",
    ),
    // Who told is told again by a pronoun.
    (
        "⟦A captain wrote so to his wife in a letter that we copied.⟧ He adds that the sappers get rum on Fridays.",
        "Available information indicates that the sappers get rum on Fridays.",
    ),
    (
        "The captain wrote home ⟦in a letter that we copied⟧. He adds that the sappers get rum on Fridays.",
        "The captain wrote home. He adds that the sappers get rum on Fridays.",
    ),
    (
        "⟦An economist on the Bank's staff, questioned by a friend of ours⟧, gave the same sum to the nearest ten million.",
        "Available information points to the same sum to the nearest ten million.",
    ),
    (
        "Each is loaded with two tons of ammonal; ⟦the deserter helped to carry⟧ it",
        "Each is loaded with two tons of ammonal",
    ),
    (
        "⟦Two men of theirs, whom we pay,⟧ gave up the post on Friday.",
        "Available information gave up the post on Friday.",
    ),
    // A form of "be" goes with what was said of its subject.
    (
        "The depot is full. (The clinic is ⟦a front of ours and its staff know nothing⟧.)",
        "The depot is full.",
    ),
    ("The depot is full. The driver was ⟦recruited by us in May⟧.", "The depot is full."),
    ("The depot, which is ⟦watched by a camera of ours⟧, is full.", "The depot is full."),
    ("The depot is full; its guard is ⟦on our books⟧.", "The depot is full."),
    // What no lead makes a statement of goes; a question mark stands before what was found on doubtful grounds.
    ("The depot is full. ⟦Our man in the shed was asked for⟧ coolant.", "The depot is full."),
    (
        "The depot is full. ⟦The number that our man read⟧ is that of a ship broken up in 2027.",
        "The depot is full.",
    ),
    ("The depot is full. ⟦?Another of them⟧ is under way.", "The depot is full."),
    ("⟦?Another of them⟧ is under way, and the cutter waits at the quay.", "The cutter waits at the quay."),
    ("⟦?Another of them⟧ has a berth at Sey from 9 September.", "It has a berth at Sey from 9 September."),
    ("⟦Another of them⟧ has a berth there.", ""),
    (
        "⟦?Another of them⟧ has promised each garrison a cargo of bread.",
        "It has promised each garrison a cargo of bread.",
    ),
    (
        "They point ⟦to the tone of calls between two depots⟧ and to an affray in June.",
        "They point to an affray in June.",
    ),
    ("⟦One of them,⟧ Pia Lindgard, should be warned.", "Pia Lindgard should be warned."),
    (
        "⟦Courtiers, two of whom talk to us,⟧ speak of the coming winter as the limit.",
        "Available information points to the coming winter as the limit.",
    ),
    ("⟦The colonel, who speaks for⟧ the other four, favours seizure.", "It favours seizure."),
    ("⟦The colonel,⟧ who speaks for the other four, favours seizure.", "It favours seizure."),
    ("⟦The colonel⟧, who speaks for the other four, favours seizure.", "It favours seizure."),
    (
        "He has written to the brother about it, and ⟦a carbon from his waste paper gives⟧ the text.",
        "He has written to the brother about it.",
    ),
    (
        "He has written to the president's brother about it, and ⟦a carbon from his waste paper⟧ gives the text.",
        "He has written to the president's brother about it.",
    ),
    (
        "The ship has sailed, and ⟦a carbon from his waste paper⟧ gives a crew of forty.",
        "The ship has sailed, and available information points to a crew of forty.",
    ),
    ("The *Nereus* left in May. ⟦Where she is,⟧ is not known.", "The *Nereus* left in May."),
    // An owner goes with what was owned.
    ("It will be the weekend before the governor⟦'s visit⟧.", "It will be the weekend."),
    ("Halim⟦'s brother told us that⟧ the depot is full.", "The depot is full."),
    (
        "He has the premier's consent but not ⟦the minister's, a friend tells us⟧.",
        "He has the premier's consent.",
    ),
];

#[test]
fn what_is_left_is_english() {
    let rules = built_in();
    let mut wrong = Vec::new();
    for (marked, wanted) in SENTENCES {
        let mut text = String::new();
        let mut spans = Vec::new();
        for (number, part) in marked.split(['⟦', '⟧']).enumerate() {
            let (part, sure) = part.strip_prefix('?').map_or((part, true), |part| (part, false));
            if number % 2 == 1 {
                let span = Span::new(text.len(), text.len() + part.len());
                spans.push(Removal { sure, ..Removal::sure(span, Frame::Phrase) });
            }
            text.push_str(part);
        }
        let reading = Reading::new(&text, std::iter::once(0..text.len()), &rules.vocabulary);
        let got = apply(&text, &rewrite(&text, &reading, rules, &spans));
        if got != *wanted {
            wrong.push(format!("{marked}\n  wanted {wanted}\n  got    {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words at which the mending turns, and a few that it passes over.
const TURNS: [&str; 64] = [
    "the", "a", "The", "driver", "Halim", "depot", "boats", "we", "he", "it", "it", "said", "told", "heard",
    "gives", "saw", "knows", "shows", "quietly", "that", "of", "about", "by", "from", "to", "for", "and",
    "but", "or", "as", "while", "who", "whom", "which", "where", "was", "is", "are", "has", "been", "not",
    "within", "between", "12", "May", "our", "his", "us", "them", "waiting", "loaded", "'s", ",", ";", ":",
    ".", "(", ")", "\u{201c}", "\u{201d}", "—", "?", "“", "because",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// However a text is cut, it is mended without a panic, and a name that was to go goes.
    #[test]
    fn any_words_cut_anywhere_are_mended(
        words in prop::collection::vec((prop::sample::select(&TURNS[..]), 0..6_u8), 1..24),
    ) {
        let rules = built_in();
        let mut text = String::new();
        let mut removals: Vec<Removal> = Vec::new();
        for (word, cut) in words {
            let joined = text.is_empty() || matches!(word, "," | ";" | ":" | "." | "?" | ")" | "'s");
            text.push_str(if joined { "" } else { " " });
            let span = Span::new(text.len(), text.len() + word.len());
            text.push_str(word);
            match (cut, removals.last_mut()) {
                (0, _) => removals.push(Removal { sure: word.len() % 2 == 0, ..Removal::sure(span, Frame::Phrase) }),
                (1 | 2, Some(last)) if !joined && last.span.end() + 1 == span.start() => {
                    last.span = last.span.hull(span);
                }
                _ => {}
            }
        }
        let reading = Reading::new(&text, std::iter::once(0..text.len()), &rules.vocabulary);
        let edits = rewrite(&text, &reading, rules, &removals);
        prop_assert!(edits.windows(2).all(|pair| pair[0].span.end() <= pair[1].span.start()), "{text}: {edits:?}");
        for removal in removals {
            let inside = &text[removal.span.start()..removal.span.end()];
            for (at, _) in inside.match_indices("Halim") {
                let byte = removal.span.start() + at;
                let gone = edits.iter().any(|edit| edit.span.start() <= byte && byte < edit.span.end());
                prop_assert!(gone, "{text}: {edits:?}");
            }
        }
    }
}

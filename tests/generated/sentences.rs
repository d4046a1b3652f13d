//! What generated reports say: substance, sources and methods of every category, and the shapes of sentence in which they
//! are named. All fictional.

/// Sentences about the world, in which no rule finds anything.
pub(crate) const SUBSTANCE: &[&str] = &[
    "The quay at Dravik closes on 3 May for repairs to the northern crane.",
    "Two brigades of the Hessarian army will cross the Sael before dawn on Tuesday.",
    "Nine lorries carried cement from the depot to the new bridge.",
    "Colonel Maas commands the northern front and intends to move two battalions to Tovanka.",
    "The price of grain rose by 4 percent in April.",
    "The ministry will publish the tariff in June.",
    "The lawyer Amadeo VERASTEGUI left for Lisbon on 4 May; VERASTEGUI has met the consul.",
    "The militia holds three villages east of the river.",
    "The ferry between Kesh and Ruun runs twice a day.",
    "Rebels attacked the customs post at Ruun on 12 March and killed two guards.",
    "The brigade has 40 tanks, of which 12 need repair.",
    "The new runway is 2,400 metres long.",
    "The central bank raised its rate to 7 percent, and the taler fell.",
    "The minister of trade will visit Ostrava in the autumn.",
    "The insurgents buy diesel in Kesh and sell it across the border.",
    "The shipyard delivers one patrol boat a year.",
    "The governor dismissed four prefects last week.",
    "The strike at the port ended after eleven days.",
    "Farmers blocked the road to the capital with tractors.",
    "The regime plans to buy six transport aircraft in 2027.",
    "The front line runs along the railway south of Varnholt.",
    "The budget foresees 900 million talers for the navy.",
    "Three tankers wait off the cape for better weather.",
    "The council meets on the first Monday of each month.",
    "The group wants to burn the ferry terminals at Pell Street and Lower Quay.",
    "The dam holds water for five weeks.",
    "The party won 31 of 90 seats.",
    "The mine produces 200 tonnes of copper a day.",
    "The opposition demands new elections before the summer.",
    "The reactor at Kesh was shut down on 9 August for maintenance.",
    "The battalion lost eleven men on the road to Sorrel.",
    "The airline flies to Lumbara on Mondays and Thursdays.",
    "The two governments signed a treaty on fishing rights.",
    "The town has two wells and a clinic.",
    "Cholera has spread to four districts in the south.",
    "The general’s term ends in July; the officers’ pay is late.",
    "The pipeline carries gas to the coast.",
    "The army needs boots, blankets and fuel.",
    "The election commission will count the votes by hand.",
];

/// What a source says, as a clause.
pub(crate) const CLAUSES: &[&str] = &[
    "the quay at Dravik closes on 3 May",
    "two brigades will cross the Sael before dawn",
    "nine lorries left the depot on Tuesday",
    "Colonel Maas intends to resign in June",
    "the price of grain rose by 4 percent",
];

/// People, one or several, women and men, near and far.
const PEOPLE: &[&str] = &[
    "a clerk in the port office",
    "a woman who cleans the embassy",
    "two officers of the general staff",
    "the minister’s driver",
    "one of the bodyguards",
    "a nurse at the military hospital",
    "a former colonel of the guards",
    "a friend of his sister",
    "two of the cooks",
    "a confidential informant",
];
/// Services of other countries.
const LIAISON: &[&str] = &["an allied service", "a foreign liaison service", "a friendly service"];
/// People whom only a collector has.
const ASSETS: &[&str] = &["an agent in the harbour of Kesh"];
/// What is collected without anybody telling: signals, images, measurements, devices, machines.
const COLLECTED: &[&str] = &[
    "intercepted calls",
    "an intercepted telephone call of 3 May",
    "a hidden camera in the bus terminal",
    "satellite imagery of 4 May",
    "overhead imagery",
    "a seabed sensor near the cape",
    "direction-finding fixes",
    "microphones in the guest house",
    "communications intelligence",
    "swabs taken from the door handle",
];
/// What shows something though no tail names it.
const SHOWING: &[&str] = &[
    "intercepted messages between the two brigades",
    "a radar satellite",
    "an implant on the ministry's server",
];
const CODE_WORDS: &[&str] = &["MARBLE FINCH", "GREY HERON", "DRY THORN", "OLIVE LADDER", "PALE ORCHARD"];
const IDENTIFIERS: &[&str] = &["IIR 6 012 0345 17", "TD-314/08841-26", "CX 26/1187", "IIR 4 201 7733 26"];
const CONTROLS: &[&str] = &["ORCON", "HCS-P", "SI-G", "TALENT KEYHOLE"];
/// Sentences that only say how something is known, by category.
const WHOLE: &[&str] = &[
    // humint
    "So says their paymaster.",
    "Word of this came by way of a shopkeeper.",
    "This comes from the mechanic who fits his engines.",
    "The source has reported reliably since 2019.",
    "Our agent in the ministry photographed the order.",
    // liaison
    "Oslo asked that its part not be mentioned.",
    "Helsinki shared the measurements.",
    "The Danes lent us their track.",
    "An allied service passed the manifest to us in confidence.",
    // sourcing
    "The silo item rests on him alone.",
    "Both come by a single thread.",
    // operational
    "Nobody has been near the new hall since it was roofed.",
    "Nothing was heard after 0400 on 6 August.",
    "The vice consul will see him again on Monday.",
    "Two teams will lie up above the lay-by.",
    "The north end of the spur counts as blind.",
    // technical, cyber
    "The bag was opened, copied and closed during a diversion.",
    "Every letter to Koh's flat was steamed and copied.",
    "The draft decree was copied from the ministry's document server on 16 September.",
    "His instructions were lifted from the delegation's own laptop on the second night.",
    "Our implant on the server still reports.",
    // geoint
    "The image was taken at 23 centimetres ground sample distance by an electro-optical sensor.",
    "Cloud hid the anchorage from 8 to 11 March.",
    // sigint
    "A Thuraya handset used by the guard commander registered eleven times.",
    "Ground control was in clear for six minutes.",
    // personnel
    "Caracas Station asked for more.",
    "The Lubumbashi reports officer will see it.",
];

/// A sentence that names a source or method.
#[derive(Debug)]
pub(crate) struct Shape {
    /// `{s}` is what is named, `{c}` a clause of substance; with a capital, at the start of a sentence.
    pub(crate) text: &'static str,
    /// What may be named there: in place of one another, whatever their discipline, number, gender, place or time.
    pub(crate) named: &'static [&'static [&'static str]],
}

/// Every shape.
pub(crate) const SHAPES: &[Shape] = &[
    Shape { text: "{S} reported that {c}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{S} said that {c}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{S} heard that {c}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{S} saw that {c}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "On 3 May {s} told us that {c}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{C}, {s} told us.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{C}, as {s} reported.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{C}; {s} reported that {d}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "{C}, but {s} said that {d}.", named: &[PEOPLE, LIAISON, ASSETS] },
    Shape { text: "According to {s}, {c}.", named: &[PEOPLE, COLLECTED] },
    Shape { text: "{C}, according to {s}.", named: &[PEOPLE, LIAISON, COLLECTED] },
    Shape { text: "{S} showed that {c}.", named: &[COLLECTED, SHOWING] },
    Shape { text: "{S} revealed that {c}.", named: &[COLLECTED, SHOWING] },
    Shape { text: "{S} confirmed that {c}.", named: &[COLLECTED, SHOWING] },
    Shape { text: "On 3 May {s} showed that {c}.", named: &[COLLECTED, SHOWING] },
    Shape { text: "{C}, as {s} showed.", named: &[COLLECTED, SHOWING] },
    Shape { text: "{C}, and {s} confirmed that {d}.", named: &[COLLECTED, SHOWING] },
    Shape { text: "Operation {s} goes on.", named: &[CODE_WORDS] },
    Shape { text: "The depot was found under the programme {s}.", named: &[CODE_WORDS] },
    Shape { text: "{s} reporting says that {c}.", named: &[CODE_WORDS] },
    Shape { text: "{C} ({s}).", named: &[CODE_WORDS, IDENTIFIERS] },
    Shape { text: "{C}, {s} reporting shows.", named: &[CODE_WORDS] },
    Shape { text: "Per {s} the plan stands.", named: &[IDENTIFIERS] },
    Shape { text: "{C}, as {s} says.", named: &[IDENTIFIERS] },
    Shape { text: "{C}, as {s} reporting shows.", named: &[CONTROLS] },
    Shape { text: "{s}", named: &[WHOLE] },
];

impl Shape {
    /// How many can be named in it.
    pub(crate) fn choices(&self) -> usize {
        self.named.iter().map(|list| list.len()).sum()
    }

    /// One of those, counted around.
    pub(crate) fn name(&self, index: usize) -> &'static str {
        let mut index = index % self.choices();
        for list in self.named {
            match list.get(index) {
                Some(name) => return name,
                None => index -= list.len(),
            }
        }
        unreachable!("the index is below their number")
    }
}

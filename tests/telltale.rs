//! The plainest ways to say how something is known: each is gone from the release, and what is known stands.
//!
//! Stock phrases are the least that the tool must find. Learned weights change with each training; this does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use tearline::{Audience, Pipeline, Release, Report};

/// A sentence that leads to the finding or follows it, and words of it that must not stand.
const TELLTALES: &[(&str, &str)] = &[
    ("According to a clandestine source, {}.", "clandestine source"),
    ("A reliable source with direct access reported that {}.", "source access reported"),
    (
        "{}, a clandestine source with access to the railway ministry told us.",
        "clandestine source ministry told",
    ),
    ("Sensitive reporting indicates that {}.", "sensitive reporting"),
    ("Intercepted communications show that {}.", "intercepted communications"),
    ("{}, according to intercepted communications with his brother.", "intercepted brother"),
    ("Intercept-derived figures show that {}.", "intercept derived"),
    ("SIGINT indicates that {}.", "SIGINT"),
    ("COMINT from 4 May confirms that {}.", "COMINT"),
    ("HUMINT reporting suggests that {}.", "HUMINT reporting"),
    ("A walk-in stated that {}.", "walk"),
    ("A defector told debriefers that {}.", "defector debriefers"),
    (
        "A confidential informant who has proved reliable in two cases heard him say that {}.",
        "confidential informant reliable",
    ),
    ("Source said that {}.", "source"),
    ("A liaison service reported that {}.", "liaison"),
    ("The Ruritanian service told us that {}.", "Ruritanian"),
    ("Information provided in confidence by the Ruritanians shows that {}.", "confidence Ruritanians"),
    ("{}, per a wiretap on the leader's telephone.", "wiretap telephone"),
    ("Decrypted traffic between the leader and his deputy shows that {}.", "decrypted traffic"),
    ("A recruited asset inside the group confirmed that {}.", "recruited asset"),
    ("{}; that much is plain from a microphone in the villa.", "microphone"),
    (
        "The council heard of a plan, recorded in full by a device in the committee room: {}.",
        "recorded device",
    ),
    ("Station reported that {}.", "station"),
    ("Based on a single uncorroborated source, {}.", "single uncorroborated source"),
    ("Multiple independent streams of reporting agree that {}.", "independent streams"),
    ("{} (IIR 6 012 0345 17).", "IIR 0345"),
    ("In a debriefing on 4 May a deserter said that {}.", "debriefing deserter"),
    ("{}, an informant in the port office said.", "informant"),
    ("Signals intercepts show that {}.", "signals intercepts"),
    ("FISA-derived reporting shows that {}.", "FISA"),
    ("A penetration of the group's leadership says that {}.", "penetration"),
    ("{}, as an implant on the ministry's mail server shows.", "implant server"),
    ("{}. We have had no coverage of the site since 4 May.", "coverage"),
    ("In a call picked up on 4 May the chief said that {}.", "picked call"),
    ("Radio nets monitored overnight say that {}.", "nets monitored overnight"),
    ("{}, a regular and reliable contact reports.", "regular reliable contact"),
    ("{}, if talk on their dealing lines is a guide.", "talk dealing guide"),
    ("{}. The guard will be approached in Lisle.", "approached Lisle"),
    ("{}. Secret reporting is plentiful on the militia and thin on the rest.", "reporting plentiful"),
    ("{}, by consistent reporting of several kinds.", "consistent reporting"),
    ("{}, as he wrote in a letter our censors copied.", "censors copied"),
    (
        "{}. The source, a logistics officer in the group, has reported reliably since 2019.",
        "source logistics reliably",
    ),
];

/// What is known; none of its words is in a telltale.
const FINDING: &str = "the militia will blow up the bridge at Dravik on 12 May";

fn release_of(pipeline: &Pipeline, mark: &str, paragraph: &str) -> Option<String> {
    let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
    let text = format!(
        "SECRET//REL TO USA, FVEY\n\n({mark}) The town council met in April.\n\n({mark}) {paragraph}\n\nSECRET//REL TO USA, FVEY\n"
    );
    let outcomes = pipeline.process(&Report::markdown("r.md", &text), std::slice::from_ref(&audience));
    outcomes[0].release().map(Release::text).map(str::to_lowercase)
}

#[test]
fn the_plainest_telltales_go_and_the_finding_stands() {
    let pipeline = Pipeline::built_in().unwrap();
    let (mut leaks, mut losses) = (Vec::new(), Vec::new());
    for (sentence, words) in TELLTALES {
        let finding =
            if sentence.starts_with('{') { FINDING.replacen('t', "T", 1) } else { FINDING.to_owned() };
        let paragraph = sentence.replace("{}", &finding);
        let Some(release) = release_of(&pipeline, "S//REL TO USA, FVEY", &paragraph) else {
            losses.push(format!("{paragraph} => nothing"));
            continue;
        };
        let standing: Vec<&str> =
            words.split(' ').filter(|word| release.contains(&word.to_lowercase())).collect();
        if !standing.is_empty() {
            leaks.push(format!("{paragraph} => {standing:?} in {release}"));
        }
        if !["bridge", "dravik", "12 may"].iter().all(|word| release.contains(word)) {
            losses.push(format!("{paragraph} => {release}"));
        }
    }
    assert!(leaks.is_empty(), "{} leak:\n{}", leaks.len(), leaks.join("\n"));
    assert!(losses.is_empty(), "{} lost:\n{}", losses.len(), losses.join("\n"));
}

/// Places of a sentence that name an origin; `{}` is the origin and `show` or `shows` agrees with it.
const PLACES: &[&str] = &[
    "{} [show] that the convoy will leave Ardoc on Friday.",
    "The convoy will leave Ardoc on Friday, {} [show].",
    "The convoy, as {} showed, will leave Ardoc on Friday.",
    "According to {}, the convoy will leave Ardoc on Friday.",
    "The convoy will leave Ardoc on Friday, according to {}.",
    "The convoy will leave Ardoc on Friday. The date comes from {}.",
    "The convoy will leave Ardoc on Friday. This is confirmed by {}.",
    "Based on {}, the convoy will leave Ardoc on Friday.",
    "The convoy will leave Ardoc on Friday. {} [give] the same date.",
    "Thanks to {}, it is known that the convoy will leave Ardoc on Friday.",
];

/// Origins of every discipline, of one and of several.
const ORIGINS: &[&str] = &[
    "a sensitive source",
    "two independent sources",
    "an unwitting technician",
    "a defector",
    "a penetration of the group",
    "intercepted messages",
    "a monitored frequency",
    "radar emissions",
    "infrared imagery",
    "an unmanned aircraft",
    "a comparison of two images",
    "a seismic sensor",
    "laboratory analysis of samples",
    "a radiation detector",
    "hidden microphones",
    "a tracking device",
    "captured documents",
    "a copied key",
    "exfiltrated files",
    "an implant on the server",
    "a foreign partner",
    "a liaison service",
    "British colleagues",
    "several streams of reporting",
    "diplomatic reporting",
];

#[test]
fn every_origin_goes_from_every_place_that_names_one() {
    let pipeline = Pipeline::built_in().unwrap();
    let (mut leaks, mut losses) = (Vec::new(), Vec::new());
    for origin in ORIGINS {
        let several = origin.ends_with('s') && !origin.starts_with("a ");
        let verb = |one: &str, more: &str| if several { more.to_owned() } else { one.to_owned() };
        for place in PLACES {
            let mut sentence = place
                .replace("[show]", &verb("shows", "show"))
                .replace("[give]", &verb("gives", "give"))
                .replace("{}", origin);
            for at in [0, sentence.find(". ").map_or(0, |stop| stop + 2)] {
                let capital = sentence[at..=at].to_uppercase();
                sentence.replace_range(at..=at, &capital);
            }
            let Some(release) = release_of(&pipeline, "S//REL TO USA, FVEY", &sentence) else {
                losses.push(format!("{sentence} => nothing"));
                continue;
            };
            let words = origin.split(' ').filter(|word| word.len() > 3);
            if words.clone().filter(|word| release.contains(&word.to_lowercase())).count() > 0 {
                leaks.push(format!("{sentence} => {release}"));
            }
            if !["convoy", "ardoc", "friday"].iter().all(|word| release.contains(word)) {
                losses.push(format!("{sentence} => {release}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{} leak:\n{}", leaks.len(), leaks.join("\n"));
    assert!(losses.is_empty(), "{} lost:\n{}", losses.len(), losses.join("\n"));
}

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

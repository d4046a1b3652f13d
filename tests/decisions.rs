//! What people decide, through the library: it changes the release where they decided and nowhere else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use tearline::decisions::{Act, Decision, Decisions, Scope, Target};
use tearline::review::EditRecord;
use tearline::{Audience, Outcome, Pipeline, Report, Status};

const BANNER: &str = "SECRET//REL TO USA, FVEY";
const SOURCED: &str = "(S//REL TO USA, FVEY) The quay at Dravik will close on 3 May. So says a clerk in the port office whom our officer pays.";
const OTHER: &str =
    "(S//REL TO USA, FVEY) The bridge at Osk was rebuilt in April, according to an intercepted call.";
const HELD: &str = "(S//NF) Two barges lie in the northern dock at Dravik and wait for coal.";

fn report(paragraphs: &[&str]) -> String {
    format!("{BANNER}\n\n{}\n\n{BANNER}\n", paragraphs.join("\n\n"))
}

fn on(target: Target, act: Act) -> Decision {
    Decision {
        source: "a.md".into(),
        audience: "FVEY".into(),
        target,
        act,
        by: "R. Ames".into(),
        at: "2026-01-31T09:00:00Z".into(),
        reason: "printed in the press".into(),
    }
}

fn edit(id: &str, act: Act) -> Decision {
    on(Target::Edit { id: id.into(), scope: Scope::One, equal: None }, act)
}

fn portion(id: &str, act: Act) -> Decision {
    on(Target::Portion { id: id.into() }, act)
}

fn released(mark: Option<&str>, text: Option<&str>) -> Act {
    let own = |text: Option<&str>| text.map(str::to_owned);
    Act::Release { mark: own(mark), text: own(text), authority: "Disclosure office, case 7".into() }
}

struct Desk {
    pipeline: Pipeline,
    audience: Audience,
}

impl Desk {
    fn new() -> Self {
        let pipeline = Pipeline::built_in().unwrap();
        let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
        Self { pipeline, audience }
    }

    fn outcome(&self, text: &str, log: &[Decision]) -> Outcome {
        let decisions = Decisions::in_force(log.to_vec(), false);
        self.pipeline
            .study(&Report::markdown("a.md", text), |study| study.outcome(&self.audience, &decisions))
    }

    fn release(&self, text: &str, log: &[Decision]) -> String {
        let outcome = self.outcome(text, log);
        assert!(outcome.unapplied().is_empty(), "{:?}", outcome.unapplied());
        outcome.release().unwrap_or_else(|| panic!("{}", outcome.reason())).text().to_owned()
    }
}

fn find<'o>(outcome: &'o Outcome, words: &str) -> &'o EditRecord {
    outcome.record().edits.iter().find(|edit| edit.before.contains(words)).unwrap()
}

#[test]
fn a_rejection_lets_its_span_through_and_nothing_else() {
    let desk = Desk::new();
    let text = report(&[SOURCED, OTHER]);
    let auto = desk.outcome(&text, &[]);
    let id = find(&auto, "clerk").id.clone();
    let release = desk.release(&text, &[edit(&id, Act::Reject)]);
    assert!(release.contains(SOURCED), "{release}");
    assert!(!release.contains("intercepted"), "{release}");
    let outcome = desk.outcome(&text, &[edit(&id, Act::Reject)]);
    let record = find(&outcome, "clerk");
    assert_eq!((record.decision, record.by.as_deref()), ("rejected", Some("R. Ames")));
    assert_eq!(record.id, id);
    assert_eq!(record.after, record.before);
}

#[test]
fn a_rejection_holds_for_its_place_alone() {
    let desk = Desk::new();
    let again = SOURCED.replace("quay at Dravik", "customs house at Osk");
    let text = report(&[SOURCED, &again]);
    let auto = desk.outcome(&text, &[]);
    let ids: Vec<&str> =
        auto.record().edits.iter().filter(|e| e.before.contains("clerk")).map(|e| e.id.as_str()).collect();
    assert_eq!(ids.len(), 2);
    let release = desk.release(&text, &[edit(ids[1], Act::Reject)]);
    assert_eq!(release.matches("clerk").count(), 1, "{release}");
    assert!(release.contains(&again), "{release}");
}

#[test]
fn accepting_changes_the_record_and_not_one_byte_of_the_release() {
    let desk = Desk::new();
    let text = report(&[SOURCED, OTHER]);
    let auto = desk.outcome(&text, &[]);
    let id = find(&auto, "clerk").id.clone();
    let outcome = desk.outcome(&text, &[edit(&id, Act::Accept)]);
    assert_eq!(outcome.release(), auto.release());
    assert_eq!(find(&outcome, "clerk").decision, "accepted");
}

#[test]
fn words_of_a_decision_stand_and_are_read_by_the_gate() {
    let desk = Desk::new();
    let text = report(&[SOURCED]);
    let id = find(&desk.outcome(&text, &[]), "clerk").id.clone();
    let release = desk.release(&text, &[edit(&id, Act::Reword("Ships will berth at Dravik.".into()))]);
    assert!(release.contains("on 3 May. Ships will berth at Dravik."), "{release}");
    let told = desk.outcome(&text, &[edit(&id, Act::Reword("A recruited clerk told our officer.".into()))]);
    let stands = told.release().map(tearline::Release::text).unwrap_or_default().to_owned();
    assert!(!stands.contains("recruited"), "the gate reads the words of a decision too: {stands}");
}

#[test]
fn marked_text_goes_and_is_found_again_where_it_moved_to() {
    let desk = Desk::new();
    let plain = "(S//REL TO USA, FVEY) The quay at Dravik will close on 3 May, in heavy fog.";
    let text = report(&[plain]);
    let words = ", in heavy fog";
    let start = text.find(words).unwrap();
    let ids = |text: &str, at: usize| {
        let report = Report::markdown("a.md", text);
        desk.pipeline.study(&report, |study| study.marked(at, at + words.len())).unwrap()
    };
    let act = Act::Mark { span: (start, start + words.len()), text: None, category: None };
    let decision = edit(&ids(&text, start).id, act);
    assert!(desk.release(&text, &[]).contains("heavy fog"));
    let release = desk.release(&text, std::slice::from_ref(&decision));
    assert!(release.contains("will close on 3 May."), "{release}");
    let moved = report(&["(U) A paragraph was put in front.", plain]);
    let release = desk.release(&moved, std::slice::from_ref(&decision));
    assert!(release.contains("will close on 3 May."), "{release}");
    let changed = text.replace("3 May", "4 May");
    let outcome = desk.outcome(&changed, &[decision]);
    assert!(outcome.release().unwrap().text().contains("heavy fog"));
    assert_eq!(outcome.unapplied().len(), 1, "its surroundings have changed: stale");
}

#[test]
fn a_withheld_portion_stands_by_a_named_decision_alone() {
    let desk = Desk::new();
    let text = report(&[SOURCED, HELD]);
    let auto = desk.outcome(&text, &[]);
    assert!(!auto.release().unwrap().text().contains("barges"));
    let id = auto.record().portions[1].id.clone();
    let release = desk.release(&text, &[portion(&id, released(Some("(S//REL TO USA, FVEY)"), None))]);
    assert!(release.contains("(S//REL TO USA, FVEY) Two barges"), "{release}");
    let reworded = released(Some("(S//REL TO USA, FVEY)"), Some("Two barges lie at Dravik."));
    let release = desk.release(&text, &[portion(&id, reworded)]);
    assert!(release.contains("(S//REL TO USA, FVEY) Two barges lie at Dravik."), "{release}");
    assert!(!release.contains("coal"), "{release}");
    let proposed = desk.release(&text, &[portion(&id, released(None, None))]);
    assert!(proposed.contains("Two barges"), "{proposed}");
    let refused = desk.outcome(&text, &[portion(&id, released(Some("(S//NF)"), None))]);
    assert_eq!(refused.release(), auto.release());
    assert_eq!(refused.unapplied().len(), 1);
}

#[test]
fn a_portion_without_a_mark_is_released_with_the_one_decided() {
    let desk = Desk::new();
    let text = report(&[SOURCED, "The market at Osk opens on Monday."]);
    let id = desk.outcome(&text, &[]).record().portions[1].id.clone();
    let release = desk.release(&text, &[portion(&id, released(Some("(U)"), None))]);
    assert!(release.contains("\n(U) The market at Osk"), "{release}");
}

#[test]
fn a_releasable_portion_is_withheld_by_a_decision() {
    let desk = Desk::new();
    let text = report(&[SOURCED, OTHER]);
    let id = desk.outcome(&text, &[]).record().portions[1].id.clone();
    let outcome = desk.outcome(&text, &[portion(&id, Act::Withhold)]);
    assert!(!outcome.release().unwrap().text().contains("bridge"));
    assert!(outcome.record().portions[1].reason.contains("R. Ames"));
}

#[test]
fn decisions_survive_edits_elsewhere_and_never_move_to_other_text() {
    let desk = Desk::new();
    let text = report(&[OTHER, SOURCED]);
    let id = find(&desk.outcome(&text, &[]), "clerk").id.clone();
    let log = [edit(&id, Act::Reject)];
    let elsewhere = text.replace("April", "the last week of April");
    assert!(desk.release(&elsewhere, &log).contains("a clerk"));
    let other = text.replace("a clerk in the port office", "a guard in the power station");
    let outcome = desk.outcome(&other, &log);
    assert!(!outcome.release().unwrap().text().contains("guard"));
    assert_eq!(outcome.unapplied().len(), 1);
    assert!(outcome.unapplied()[0].obstacle.contains("does not stand"));
}

#[test]
fn a_hidden_channel_is_let_through_by_nobody() {
    let desk = Desk::new();
    let text = report(&["(S//REL TO USA, FVEY) The quay closes.<!-- from the clerk -->"]);
    let auto = desk.outcome(&text, &[]);
    let id = find(&auto, "<!--").id.clone();
    let outcome = desk.outcome(&text, &[edit(&id, Act::Reject)]);
    assert_eq!(outcome.release(), auto.release());
    assert_eq!(outcome.unapplied().len(), 1);
}

#[test]
fn a_report_held_for_its_banner_is_signed_by_name() {
    let desk = Desk::new();
    let text = report(&[SOURCED]).replacen(BANNER, "CONFIDENTIAL//REL TO USA, FVEY", 2);
    let held = desk.outcome(&text, &[]);
    assert_eq!(held.record().status, Status::Held);
    let id = held.trace().unwrap().report.clone();
    assert!(held.reason().contains(&id));
    assert!(desk.release(&text, &[portion(&id, released(None, None))]).starts_with(BANNER));
    let changed = text.replace("3 May", "4 May");
    assert_eq!(desk.outcome(&changed, &[portion(&id, released(None, None))]).record().status, Status::Held);
}

/// Each edit of each fixture, rejected alone: its words stand, or the gate found more in them than the edit held; nothing
/// else of the release is lost.
#[test]
fn every_edit_of_the_fixtures_can_be_rejected() {
    let desk = Desk::new();
    let (mut tried, mut stand) = (0, 0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reports");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.into_iter().step_by(3) {
        let text = std::fs::read_to_string(&file).unwrap();
        let auto = desk.outcome(&text, &[]);
        for record in auto.record().edits.iter().filter(|edit| edit.category.is_some()) {
            if record.rule == "marking.lifted-out" {
                continue;
            }
            tried += 1;
            let outcome = desk.outcome(&text, &[edit(&record.id, Act::Reject)]);
            let Some(release) = outcome.release() else { continue };
            if release.text().contains(&text[record.start..record.end]) {
                stand += 1;
            } else {
                println!("{}: {:?} {}", file.display(), record.before, record.rule);
            }
        }
    }
    assert!(stand * 10 >= tried * 8, "{stand} of {tried} rejections let their words stand");
}

//! Properties of the marking algebra, over generated marks.

use proptest::prelude::*;
use tearline::marking::register::{Control, all_codes, informal_groups};
use tearline::marking::{
    Answer, Audience, Context, Form, Marking, Reading, Style, authority_line, banner_block, banner_line,
    leading_mark, parse, parse_lenient, release, roll_up, trailing_mark,
};

const CASES: u32 = 10_000;

/// Parts that portions are put together from, a list a category. The first of each is "none".
const LEVELS: &[&str] = &["U", "C", "S", "TS"];
const OWNED: &[&str] = &[
    "//GBR S",
    "//CAN GBR S",
    "//DEU R",
    "//AUS U",
    "//FGI S",
    "//NS",
    "//CTS",
    "//NR",
    "//NU",
    "//JOINT S CAN USA",
    "//JOINT S CAN GBR USA",
    "//JOINT TS AUS USA",
];
const NATO: &[&str] = &["", "//ATOMAL", "//BALK", "//BOHEMIA"];
const SCI: &[&str] = &[
    "",
    "//SI",
    "//TK",
    "//SI/TK",
    "//SI-G",
    "//SI-G ABCD EFGH-XYZ",
    "//HCS-P",
    "//HCS-O-P",
    "//HCS-P JJJ",
    "//TK-BLFH AB",
    "//TK-IDIT",
    "//RSV-ABC",
    "//SI-EU-NK",
    "//BUR-BLG",
    "//KLM",
    "//HCS-P/SI-ABC/TK-KAND",
];
const SAP: &[&str] = &["", "//SAR-BP", "//SAR-BP-J12 J54-K15/CD"];
const AEA: &[&str] =
    &["", "//RD", "//RD-CNWDI-SG 14 20", "//FRD-SG 18", "//TFNI", "//DCNI", "//UCNI", "//DCNI/UCNI"];
const FGI: &[&str] = &["", "//FGI", "//FGI GBR", "//FGI DEU GBR NATO"];
const BEFORE: &[&str] = &["", "RS", "FOUO", "OC", "OC-USGOV", "IMC", "RS/IMC", "OC/IMC"];
const AFTER: &[&str] = &["", "DSEN", "FISA", "RAWFISA", "DSEN/FISA"];
const FDR: &[&str] = &[
    "",
    "NF",
    "REL TO USA, GBR",
    "REL TO USA, FVEY",
    "REL TO USA, AUS, CAN, GBR",
    "REL TO USA, GBR, FVEY",
    "RELIDO",
    "REL TO USA, DEU, KFOR",
    "REL TO USA, NATO",
    "REL TO USA, GBR/RELIDO",
    "REL TO USA, FVEY/RELIDO",
    "REL",
    "REL TO USA, GBR/DISPLAY ONLY AFG, IRQ",
    "DISPLAY ONLY AFG",
    "DISPLAY ONLY IRQ, FVEY",
    "PR",
    "NF/PR",
    "REL TO USA, AUS, TEYE",
    "REL TO USA, ACGU, FVEY",
    "REL TO USA, AUS, CAN, GBR, NZL",
];
const NON_IC: &[&str] = &[
    "",
    "//DS",
    "//XD",
    "//ND",
    "//SBU",
    "//SBU-NF",
    "//LES",
    "//LES-NF",
    "//SSI",
    "//SBU/SSI",
    "//LES/SSI",
    "//NNPI",
];
const CUI: &[&str] = &[
    "CUI",
    "CUI//NF",
    "CUI//SP-CTI/SP-EXPT/TAX//FED ONLY",
    "CUI//REL TO USA, GBR",
    "CUI//PRVCY//AC/AWP",
    "CUI//FEDCON",
    "CUI//DISPLAY ONLY AFG",
];

fn one(list: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(list)
}

/// A valid portion: categories are left out from the right until the rules are satisfied.
fn portion() -> impl Strategy<Value = Marking> {
    let classified = (
        prop_oneof![3 => one(LEVELS), 1 => one(OWNED)],
        one(NATO),
        one(SCI),
        one(SAP),
        one(AEA),
        one(FGI),
        (one(BEFORE), one(FDR), one(AFTER)),
        one(NON_IC),
        any::<u8>(),
    );
    let classified =
        classified.prop_map(|(level, nato, sci, sap, aea, fgi, (before, fdr, after), non_ic, mask)| {
            let keep = |bit: u32, text: &'static str| if mask >> bit & 1 == 1 { text } else { "" };
            let items = [before, fdr, after].map(|item| (!item.is_empty()).then_some(item));
            let dissem = items.into_iter().flatten().collect::<Vec<_>>().join("/");
            let dissem = if dissem.is_empty() { dissem } else { format!("//{dissem}") };
            let lone = if fdr.is_empty() { String::new() } else { format!("//{fdr}") };
            let (nato, sci, sap) = (keep(0, nato), keep(1, sci), keep(2, sap));
            let (aea, fgi, non_ic) = (keep(3, aea), keep(4, fgi), keep(5, non_ic));
            let tries = [
                format!("({level}{nato}{sci}{sap}{aea}{fgi}{dissem}{non_ic})"),
                format!("({level}{nato}{sci}{sap}{aea}{fgi}{lone}{non_ic})"),
                format!("({level}{sci}{sap}{dissem})"),
                format!("({level}{nato}{lone})"),
                format!("({level}{dissem}{non_ic})"),
                format!("({level}{aea}{lone})"),
                format!("({level}{lone})"),
                format!("({level}{non_ic})"),
                "(S//REL TO USA, CAN, GBR)".to_owned(),
            ];
            let readings = tries.iter().map(|text| parse(text, Form::Portion));
            readings.into_iter().find(Reading::is_valid).expect("the last try is valid").marking
        });
    let cui = one(CUI).prop_map(|text| parse(&format!("({text})"), Form::Portion).marking);
    prop_oneof![9 => classified, 1 => cui]
}

fn audiences() -> impl Strategy<Value = Vec<&'static str>> {
    let names: Vec<&str> = all_codes()
        .map(|code| code.text())
        .chain(informal_groups().map(|(name, _)| name))
        .chain(["USA", "GBR", "AUS", "CAN", "NZL", "FVEY", "AFG", "DEU", "NATO"].repeat(12))
        .collect();
    prop::collection::vec(prop::sample::select(names), 1..4)
}

/// Text that looks like marks without being any.
const SCRAPS: &[&str] = &[
    "(",
    ")",
    "[",
    "//",
    "/",
    "-",
    ",",
    " ",
    "S",
    "TS",
    "C",
    "U",
    "NF",
    "OC",
    "REL TO USA",
    "GBR",
    "FVEY",
    "SI",
    "-G",
    "ABCD",
    "TK",
    "RD",
    "SG 14",
    "FGI",
    "SAR-",
    "JOINT",
    "NATO",
    "SECRET",
    "noforn",
    "EYES ONLY",
    "20301231",
    "25X1",
    "CUI",
    "SP-CTI",
    "UMBRA",
    "\u{a0}",
    "\u{200b}",
    "Ｓ",
    "é",
    "\n",
    "DISPLAY ONLY",
    "USA/GBR",
    "Page 3",
    "CLASSIFICATION:",
    "**",
    "\u{1F512}",
];

fn scraps() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(one(SCRAPS), 0..12).prop_map(|scraps| scraps.concat()),
        ".{0,60}",
        "[A-Z/ ,()-]{0,60}",
    ]
}

/// Marks that refer to a banner, and those of a concealed owner, have a portion form only.
fn has_banner_form(mark: &Marking) -> bool {
    let concealed_owner = mark.concealed && !mark.has(Control::Fgi);
    !(mark.inherits_list() || mark.inherits_owners() || concealed_owner)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn print_then_parse_is_identity(marking in portion()) {
        let read = parse(&marking.portion(), Form::Portion);
        prop_assert!(read.is_valid(), "{} {:?}", marking.portion(), read.problems);
        prop_assert_eq!(&read.marking, &marking);
        if has_banner_form(&marking) {
            for style in [Style::Banner, Style::LongBanner] {
                let text = marking.display(style).to_string();
                let read = parse(&text, Form::Banner);
                prop_assert!(read.is_valid(), "{} {:?}", text, read.problems);
                prop_assert_eq!(&read.marking, &marking, "{}", text);
            }
        }
    }

    #[test]
    fn join_is_a_lattice(a in portion(), b in portion(), c in portion()) {
        let (a, b, c) = (a.normalized(), b.normalized(), c.normalized());
        prop_assert_eq!(a.join(&a), a.clone(), "idempotent: {}", a.portion());
        prop_assert_eq!(a.join(&b), b.join(&a), "commutative: {} {}", a.portion(), b.portion());
        let (left, right) = (a.join(&b).join(&c), a.join(&b.join(&c)));
        prop_assert_eq!(left.portion(), right.portion(), "associative: {} {} {}", a.portion(), b.portion(), c.portion());
        prop_assert_eq!(left, right);
        prop_assert!(a.join(&b).dominates(&a), "never lowers: {} {}", a.portion(), b.portion());
    }

    #[test]
    fn join_never_opens(a in portion(), b in portion(), names in audiences()) {
        let audience = Audience::parse(names);
        let answer = |marking: &Marking| release(&Reading::from(marking.clone()), &audience, None).answer;
        let joined = a.join(&b);
        prop_assert!(joined.level >= a.level.in_us_terms().min(a.level));
        let open = answer(&joined) == Answer::Yes;
        let both = answer(&a) == Answer::Yes && answer(&b) == Answer::Yes;
        prop_assert!(!open || both, "{} {} -> {}", a.portion(), b.portion(), joined.portion());
    }

    #[test]
    fn narrower_audience_is_never_less_open(mark in portion(), names in audiences(), more in audiences()) {
        let reading = Reading::from(mark);
        let banner = parse("SECRET//REL TO USA, FVEY", Form::Banner);
        let wide = Audience::parse(names.iter().chain(&more).copied());
        let narrow = Audience::parse(names);
        for banner in [None, Some(&banner)] {
            prop_assert!(release(&reading, &narrow, banner).answer >= release(&reading, &wide, banner).answer);
        }
    }

    #[test]
    fn roll_up_of_one_portion_is_that_portion(mark in portion()) {
        let mark = mark.normalized();
        prop_assume!(has_banner_form(&mark));
        let rolled = roll_up(std::slice::from_ref(&mark), Context::default()).expect("one portion has a banner");
        prop_assert_eq!(rolled.banner.banner(), mark.banner());
        prop_assert_eq!(rolled.conflicts, vec![]);
    }

    #[test]
    fn roll_up_shows_every_portion(a in portion(), b in portion(), product: bool, old: bool) {
        let context = Context { analytic_product: product, before_2010: old, banner: None };
        let rolled = roll_up(&[a.clone(), b.clone()], context).expect("two portions have a banner").banner;
        let swapped = roll_up(&[b.clone(), a.clone()], context).expect("two portions have a banner").banner;
        prop_assert_eq!(&rolled, &swapped);
        for portion in [&a, &b] {
            prop_assert!(rolled.level.in_us_terms() >= portion.level.in_us_terms());
            prop_assert!(!portion.has(Control::Nf) || rolled.has(Control::Nf));
            prop_assert!(!portion.has(Control::Oc) || rolled.has(Control::Oc));
            let list = portion.release_list().expanded();
            if !portion.is_plain_unclassified() && !portion.inherits_list() {
                prop_assert!(rolled.release_list().expanded().is_subset(list), "{} {}", portion.portion(), rolled.banner());
            }
        }
    }

    #[test]
    fn nothing_panics_and_places_lie_in_the_text(text in scraps()) {
        for form in [Form::Banner, Form::Portion] {
            for problem in parse(&text, form).problems {
                prop_assert!(text.get(problem.at).is_some());
            }
        }
        let _ = parse_lenient(&text);
        let sites = [
            leading_mark(&text).map(|site| site.range),
            trailing_mark(&text).map(|site| site.range),
            banner_line(&text).map(|site| site.range),
            banner_block(&text).map(|site| site.range),
            authority_line(&text).map(|field| field.value),
        ];
        for range in sites.into_iter().flatten() {
            prop_assert!(text.get(range).is_some());
        }
    }

    #[test]
    fn no_foreign_is_never_read_as_yes(text in scraps()) {
        let audience = Audience::parse(["GBR"]);
        let mark = format!("({text}//NF)");
        prop_assert_ne!(release(&parse(&mark, Form::Portion), &audience, None).answer, Answer::Yes);
    }
}

//! The pipeline over labelled reports.

use std::panic::AssertUnwindSafe;
use std::path::Path;

use rayon::prelude::*;

use super::gold::{Gold, GoldDocument};
use super::report::{DocumentReport, Grounds, report};
use super::score::score;
use crate::document::Format;
use crate::ingest::Ingest;
use crate::pipeline::{Names, Pipeline, Report};
use crate::policy::Audience;
use crate::text::SourceText;

/// One labelled report, measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Figures and places.
    pub report: DocumentReport,
    /// The source in which the places lie.
    pub source: SourceText,
}

/// Releases every labelled report below `sources` to the audience and measures it; in the order of the gold, each with
/// its path. One that cannot be read or processed, or whose labels do not fit it, is told by a sentence without its words.
pub fn evaluate(
    pipeline: &Pipeline,
    gold: &Gold,
    sources: &Path,
    audience: &Audience,
    ingest: &Ingest,
) -> Vec<Result<Measured, (String, String)>> {
    let one = |document: &GoldDocument| {
        measure(pipeline, document, sources, audience, ingest).map_err(|fault| (document.file.clone(), fault))
    };
    gold.documents.par_iter().map(one).collect()
}

fn measure(
    pipeline: &Pipeline,
    gold: &GoldDocument,
    sources: &Path,
    audience: &Audience,
    ingest: &Ingest,
) -> Result<Measured, String> {
    let bytes = std::fs::read(sources.join(&gold.file)).map_err(|error| error.to_string())?;
    let source = ingest.read(bytes).map_err(|error| error.to_string())?;
    let text = source.expose(source.span());
    if let Some(at) = gold.misfit(text) {
        return Err(format!(
            "the label at byte {at} does not fit the text; is this the source that was labelled?"
        ));
    }
    let format = Format::of_name(&gold.file);
    let given = Report::new(&gold.file, source.clone(), format, Names::Keep);
    let work = AssertUnwindSafe(|| {
        let outcome = pipeline.process(&given, std::slice::from_ref(audience)).remove(0);
        (outcome, pipeline.scan(&given))
    });
    let (outcome, scan) = std::panic::catch_unwind(work)
        .map_err(|_| "the program failed inside this report; this is a bug, please report it".to_owned())?;
    let scored =
        score(gold, text, outcome.release().map(crate::verify::Release::text), audience, pipeline.policy());
    let grounds = Grounds {
        gold,
        source: text,
        edits: &outcome.record().edits,
        hits: &scan.each,
        acts: pipeline.policy().flag,
    };
    Ok(Measured { report: report(&scored, &grounds), source })
}

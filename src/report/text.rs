//! For people: an excerpt with the place marked, as compilers show it; or a line each where no words may be shown.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Run, Style};
use crate::lint::{Checked, Diagnostic, Severity};

pub(super) fn render(run: &Run<'_>, style: Style) -> String {
    let mut out = String::new();
    for (file, diagnostic) in run.active() {
        if style.show_text {
            out.push_str(&excerpt(run, file, diagnostic, style));
            out.push_str("\n\n");
        } else {
            out.push_str(&line(file, diagnostic));
            out.push('\n');
        }
    }
    for (path, reason) in run.failed {
        out.push_str(&format!("{path}: {reason}\n"));
    }
    out.push_str(&run.counts().sentence());
    out.push('\n');
    out
}

fn line(file: &Checked, diagnostic: &Diagnostic) -> String {
    let start = diagnostic.place.start;
    let mut line = format!(
        "{}:{}:{}: {}[{}]: {}",
        file.path, start.line, start.column, diagnostic.severity, diagnostic.lint, diagnostic.message
    );
    if let Some(detection) = &diagnostic.detection {
        line.push_str(&format!(" ({detection})"));
    }
    line
}

fn excerpt(run: &Run<'_>, file: &Checked, diagnostic: &Diagnostic, style: Style) -> String {
    let source = file.source.expose(file.source.span());
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note | Severity::Off => Level::NOTE,
    };
    let span = diagnostic.place.span.range();
    let label = match (&diagnostic.detection, diagnostic.category) {
        (Some(rule), Some(category)) => format!("{category}: {rule}"),
        _ => String::new(),
    };
    let marked = AnnotationKind::Primary.span(span).label((!label.is_empty()).then_some(label));
    let related = diagnostic
        .related
        .iter()
        .map(|(place, what)| AnnotationKind::Context.span(place.span.range()).label(*what));
    let snippet = Snippet::source(source).path(file.path.as_str()).annotation(marked).annotations(related);
    let rule = run.catalog.rule(diagnostic.lint);
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.lint.id())
        .element(snippet)
        .element(Level::HELP.message(diagnostic.help.as_deref().unwrap_or(&rule.fix)));
    let proposal = diagnostic.proposal.as_ref().map(|text| text.expose(text.span()));
    if let Some(text) = proposal {
        group = group.element(Level::NOTE.message(format!("it could say: {text}")));
    }
    let mut report: Vec<Group<'_>> = vec![group];
    if let Some(fix) = &diagnostic.fix {
        let title = if fix.safe { "--fix writes it so" } else { "it could be written so" };
        let patch = Patch::new(fix.span.range(), fix.text.expose(fix.text.span()));
        report.push(Level::HELP.secondary_title(title).element(Snippet::source(source).patch(patch)));
    }
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    match style.width {
        Some(width) => renderer.term_width(width).render(&report),
        None => renderer.render(&report),
    }
}

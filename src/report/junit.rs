//! JUnit XML: a suite a report, a case a finding; a report without any is one case that passed.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Run;
use crate::lint::{Checked, Diagnostic, Severity};

type Xml = Writer<Vec<u8>>;

pub(super) fn render(run: &Run<'_>) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(run, &mut xml).expect("a vector can always be written to");
    let text = String::from_utf8(xml.into_inner()).expect("XML of texts is text");
    text + "\n"
}

fn write(run: &Run<'_>, xml: &mut Xml) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = run.counts();
    let failures = (counts.errors + counts.warnings).to_string();
    let errors = counts.failed.to_string();
    xml.create_element("testsuites")
        .with_attributes([("name", "tearline"), ("failures", &failures), ("errors", &errors)])
        .write_inner_content(|xml| {
            for file in run.files {
                suite(run, file, xml)?;
            }
            for (path, reason) in run.failed {
                xml.create_element("testsuite")
                    .with_attributes([("name", path.as_str()), ("tests", "1"), ("errors", "1")])
                    .write_inner_content(|xml| {
                        xml.create_element("testcase")
                            .with_attributes([("classname", path.as_str()), ("name", "read")])
                            .write_inner_content(|xml| {
                                xml.create_element("error")
                                    .with_attribute(("message", reason.as_str()))
                                    .write_empty()?;
                                Ok(())
                            })?;
                        Ok(())
                    })?;
            }
            Ok(())
        })?;
    Ok(())
}

fn suite(run: &Run<'_>, file: &Checked, xml: &mut Xml) -> std::io::Result<()> {
    let tests = file.diagnostics.len().max(1).to_string();
    let failures =
        file.active().filter(|diagnostic| diagnostic.severity > Severity::Note).count().to_string();
    let skipped = (file.diagnostics.len() - file.active().count()).to_string();
    xml.create_element("testsuite")
        .with_attributes([
            ("name", file.path.as_str()),
            ("tests", &tests),
            ("failures", &failures),
            ("skipped", &skipped),
        ])
        .write_inner_content(|xml| {
            if file.diagnostics.is_empty() {
                xml.create_element("testcase")
                    .with_attributes([("classname", file.path.as_str()), ("name", "check")])
                    .write_empty()?;
            }
            for diagnostic in &file.diagnostics {
                case(run, file, diagnostic, xml)?;
            }
            Ok(())
        })?;
    Ok(())
}

fn case(run: &Run<'_>, file: &Checked, diagnostic: &Diagnostic, xml: &mut Xml) -> std::io::Result<()> {
    let start = diagnostic.place.start;
    let name = format!("{} at {}:{}", diagnostic.lint, start.line, start.column);
    let line = start.line.to_string();
    let attributes = [
        ("classname", file.path.as_str()),
        ("name", name.as_str()),
        ("file", file.path.as_str()),
        ("line", line.as_str()),
    ];
    let case = xml.create_element("testcase").with_attributes(attributes);
    let help = diagnostic.help.as_deref().unwrap_or(&run.catalog.rule(diagnostic.lint).fix);
    let place = format!("{}:{}:{}: {help}", file.path, start.line, start.column);
    match (diagnostic.is_active(), diagnostic.severity) {
        (false, _) => case.write_inner_content(|xml| {
            xml.create_element("skipped").with_attribute(("message", "suppressed")).write_empty()?;
            Ok(())
        })?,
        (true, Severity::Error | Severity::Warning) => case.write_inner_content(|xml| {
            xml.create_element("failure")
                .with_attributes([
                    ("type", diagnostic.severity.word()),
                    ("message", diagnostic.message.as_str()),
                ])
                .write_text_content(BytesText::new(&place))?;
            Ok(())
        })?,
        (true, Severity::Note | Severity::Off) => case.write_inner_content(|xml| {
            let text = format!("{}; {place}", diagnostic.message);
            xml.create_element("system-out").write_text_content(BytesText::new(&text))?;
            Ok(())
        })?,
    };
    Ok(())
}

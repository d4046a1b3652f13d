//! The only type that may be written to the low side, and the proof that only the gate makes it.

use sha2::{Digest as _, Sha256};

/// A release that passed every check of the gate.
///
/// Its constructor is visible in `verify` alone, so that no other code can make one:
///
/// ```compile_fail,E0451
/// let release = tearline::Release { text: String::from("text"), banner: None };
/// ```
/// ```
/// # use tearline::{Audience, Pipeline, Report};
/// # let pipeline = Pipeline::built_in().unwrap();
/// # let audience = Audience::parse("FVEY", pipeline.policy()).unwrap();
/// let report = Report::markdown("r.md", "UNCLASSIFIED\n\n(U) The quay is open.\n\nUNCLASSIFIED\n");
/// let outcomes = pipeline.process(&report, &[audience]);
/// let release: &tearline::Release = outcomes[0].release().unwrap();
/// assert!(release.text().contains("The quay is open."));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    text: String,
    banner: Option<String>,
}

impl Release {
    pub(super) fn new(text: String, banner: Option<String>) -> Self {
        Self { text, banner }
    }

    /// The text to be written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its banner.
    #[must_use]
    pub fn banner(&self) -> Option<&str> {
        self.banner.as_deref()
    }

    /// The SHA-256 of the text, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        crate::text::hex(&Sha256::digest(&self.text))
    }
}

/// What the manifest of a release folder says of one release: nothing but what its reader can see anyway.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ManifestEntry {
    path: String,
    sha256: String,
    bytes: usize,
    banner: Option<String>,
    tool: String,
}

impl ManifestEntry {
    /// The entry of a release that stands at `path` below its audience's folder.
    #[must_use]
    pub fn new(path: &str, release: &Release) -> Self {
        Self {
            path: path.to_owned(),
            sha256: release.sha256(),
            bytes: release.text.len(),
            banner: release.banner.clone(),
            tool: concat!("tearline ", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// The same release at another path.
    #[must_use]
    pub fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// The SHA-256 of the release, in hexadecimal.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The path below the audience's folder.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Release {}
    impl Sealed for super::ManifestEntry {}
}

/// What may be written to the low side: releases and the lines of their manifest, and nothing else can join them.
///
/// ```compile_fail,E0277
/// fn write_low(_: &impl tearline::LowSide) {}
/// fn wrong(record: &tearline::ReviewRecord) { write_low(record) }
/// ```
/// ```
/// fn write_low(_: &impl tearline::LowSide) {}
/// fn right(release: &tearline::Release) { write_low(release) }
/// ```
pub trait LowSide: sealed::Sealed {
    /// The bytes to be written.
    fn bytes(&self) -> std::borrow::Cow<'_, [u8]>;
}

impl LowSide for Release {
    fn bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        self.text.as_bytes().into()
    }
}

impl LowSide for ManifestEntry {
    /// A line of the manifest.
    fn bytes(&self) -> std::borrow::Cow<'_, [u8]> {
        let mut line = serde_json::to_vec(self).expect("an entry is plain data");
        line.push(b'\n');
        line.into()
    }
}

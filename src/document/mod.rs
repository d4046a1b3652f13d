//! A report as a complete partition of its source.

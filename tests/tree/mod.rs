//! What a run leaves in its folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// Every file below a folder with its bytes, by path, links too; none when there is no folder.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    if !folder.exists() {
        return found;
    }
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// Every file of both sides.
pub(crate) fn sides(work: &Path) -> BTreeMap<String, Vec<u8>> {
    let side = |side: &'static str| {
        files(&work.join(side)).into_iter().map(move |(path, bytes)| (format!("{side}/{path}"), bytes))
    };
    side("low").chain(side("high")).collect()
}

/// Removes both sides but the key, by which records are the same from run to run.
pub(crate) fn clear(work: &Path) {
    for side in ["low", "high"] {
        let _ = fs::remove_dir_all(work.join(side));
    }
    fs::create_dir_all(work.join("high")).unwrap();
    fs::write(work.join("high/.key"), [7; 32]).unwrap();
}

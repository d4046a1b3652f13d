//! Archives as inputs of a release: the same tree as of a folder, and nothing of what an archive can be made to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;
use tree::{clear, sides};

fn report(number: usize) -> String {
    format!(
        "SECRET//NOFORN\n\n(S//REL TO USA, FVEY) Quay {number} closes on 3 May.\n\n(S//NF) Votik waits there.\n"
    )
}

fn reports() -> Vec<(String, String)> {
    (0..40).map(|number| (format!("{}/r{number:02}.md", number % 3), report(number))).collect()
}

fn header(size: usize, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header
}

/// A tar of members that may have any name.
fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = header(text.len(), tar::EntryType::Regular);
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn tar_of_reports() -> Vec<u8> {
    let reports = reports();
    let members: Vec<_> = reports.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    tar(&members)
}

fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Runs `release` over an input and returns (exit code, standard error).
fn release(work: &Path, input: &str, more: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("tearline")
        .unwrap()
        .current_dir(work)
        .args(["release", input, "--audience", "FVEY", "--out", "low", "--review", "high"])
        .args(more)
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Every file of both sides but those that tell where a report was read, under one key.
fn tree(work: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = sides(work);
    found.retain(|name, _| !["high/manifest.jsonl", "high/journal.jsonl"].contains(&name.as_str()));
    found
}

#[test]
fn an_archive_gives_the_tree_of_its_folder() {
    let work = TempDir::new().unwrap();
    let work = work.path();
    for (path, text) in reports() {
        let file = work.join("in").join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    clear(work);
    assert_eq!(release(work, "in", &["--durable"]).0, 0);
    let whole = tree(work);
    assert_eq!(whole.len(), 40 * 2 + 4);
    clear(work);
    assert_eq!(release(work, "in", &[]).0, 0);
    assert!(tree(work) == whole, "--durable changes what is written");
    let tar = tar_of_reports();
    let members = reports();
    let members: Vec<_> = members.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    for (name, bytes) in [
        ("a.tar", tar.clone()),
        ("b.tar.gz", gzip(&tar)),
        ("c.tgz", gzip(&tar)),
        ("d.tar.zst", zstd::encode_all(&tar[..], 1).unwrap()),
        ("e.zip", zip(&members)),
    ] {
        fs::write(work.join(name), bytes).unwrap();
        for more in [&["--jobs", "1"][..], &["--link-reports"]] {
            clear(work);
            let (code, errors) = release(work, name, more);
            assert_eq!(code, 0, "{name}: {errors}");
            assert!(tree(work) == whole, "{name}: another tree");
        }
        let (code, errors) = release(work, name, &["--resume", "--link-reports"]);
        assert_eq!(code, 0);
        assert!(errors.contains("40 of 40 outcomes stood unchanged"), "{errors}");
    }
    let (code, errors) = release(work, "a.tar", &["--dry-run", "e.zip"]);
    assert_eq!(code, 0);
    assert!(errors.contains("80 reports"), "each archive keeps its name in front: {errors}");
}

#[test]
fn no_member_leads_out_of_the_output() {
    let outer = TempDir::new().unwrap();
    let work = outer.path().join("work");
    fs::create_dir_all(&work).unwrap();
    let text = report(1);
    let bad = [
        "../out.md",
        "/tmp/out.md",
        "a/../../out.md",
        "a\\b.md",
        "manifest.jsonl",
        ".tearlineignore",
        "good.md/x.md",
    ];
    let mut members: Vec<(&str, &str)> = bad.iter().map(|name| (*name, text.as_str())).collect();
    members.push(("./good.md", &text));
    for (name, bytes) in [("a.tar", tar(&members)), ("a.zip", zip(&members))] {
        fs::write(work.join(name), bytes).unwrap();
        let (code, errors) = release(&work, name, &[]);
        assert_eq!(code, 3, "{errors}");
        assert_eq!(errors.lines().filter(|line| line.starts_with("skipped")).count(), bad.len(), "{errors}");
        let low: Vec<String> = tree(&work).into_keys().filter(|path| path.starts_with("low")).collect();
        assert_eq!(low, ["low/FVEY/good.md", "low/FVEY/manifest.jsonl"]);
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
        assert!(!Path::new("/tmp/out.md").exists());
    }
}

#[test]
fn links_devices_and_odd_members_are_said_and_not_read() {
    let work = TempDir::new().unwrap();
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind) in [
        ("link.md", tar::EntryType::Symlink),
        ("hard.md", tar::EntryType::Link),
        ("pipe.md", tar::EntryType::Fifo),
        ("disk.md", tar::EntryType::Block),
    ] {
        let mut header = header(0, kind);
        if kind == tar::EntryType::Symlink || kind == tar::EntryType::Link {
            builder.append_link(&mut header, name, "/etc/passwd").unwrap();
        } else {
            builder.append_data(&mut header, name, &b""[..]).unwrap();
        }
    }
    builder.append_data(&mut header(0, tar::EntryType::Directory), "folder/", &b""[..]).unwrap();
    let text = report(1);
    builder.append_data(&mut header(text.len(), tar::EntryType::Regular), "a.md", text.as_bytes()).unwrap();
    fs::write(work.path().join("a.tar"), builder.into_inner().unwrap()).unwrap();
    let (code, errors) = release(work.path(), "a.tar", &[]);
    assert_eq!(code, 3);
    assert_eq!(errors.matches("links are not followed").count(), 2, "{errors}");
    assert_eq!(errors.matches("not a regular file").count(), 2, "{errors}");
    assert!(work.path().join("low/FVEY/a.md").exists() && !work.path().join("low/FVEY/link.md").exists());
}

#[test]
fn a_damaged_archive_is_refused_before_anything_is_written() {
    let work = TempDir::new().unwrap();
    let work = work.path();
    let tar = tar_of_reports();
    let text = report(1);
    let zip = zip(&[("a.md", text.as_str())]);
    let cut = tar.len() / 512 / 2 * 512;
    for (name, bytes) in [
        ("cut.tar", tar[..cut].to_vec()),
        ("cut-inside.tar", tar[..700].to_vec()),
        ("cut.tar.gz", gzip(&tar)[..400].to_vec()),
        ("empty.tar", Vec::new()),
        ("text.tar", text.repeat(9).into_bytes()),
        ("text.zip", text.clone().into_bytes()),
        ("cut.zip", zip[..zip.len() - 9].to_vec()),
    ] {
        fs::write(work.join(name), bytes).unwrap();
        let (code, errors) = release(work, name, &[]);
        assert_eq!(code, 2, "{name}: {errors}");
        assert!(errors.contains(name) && errors.contains("give the folder"), "{errors}");
        assert!(!errors.contains("Quay") && !errors.contains("SECRET"), "words of the archive: {errors}");
        assert!(!work.join("low").exists() && !work.join("high").exists(), "{name}");
    }
    fs::write(work.join("twice.tar"), tar_twice()).unwrap();
    let (code, errors) = release(work, "twice.tar", &[]);
    assert_eq!(code, 2);
    assert!(errors.contains("would both be written to a.md"), "{errors}");
}

fn tar_twice() -> Vec<u8> {
    let text = report(1);
    tar(&[("a.md", &text), ("./a.md", &text)])
}

#[test]
fn an_archive_that_unpacks_to_far_more_than_it_is_is_refused() {
    let work = TempDir::new().unwrap();
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let size = 300_usize << 20;
    let mut header = header(size, tar::EntryType::Regular);
    header.set_path("a.md").unwrap();
    header.set_cksum();
    bomb.write_all(header.as_bytes()).unwrap();
    let zeros = vec![b'a'; 1 << 20];
    for _ in 0..size >> 20 {
        bomb.write_all(&zeros).unwrap();
    }
    bomb.write_all(&[0; 1024]).unwrap();
    fs::write(work.path().join("a.tar.zst"), bomb.finish().unwrap()).unwrap();
    let (code, errors) = release(work.path(), "a.tar.zst", &[]);
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("too many for its size"), "{errors}");
}

#[test]
fn what_is_wrong_with_one_member_fails_that_one() {
    let work = TempDir::new().unwrap();
    let text = report(1);
    let mut bytes = zip(&[("a.md", text.as_str()), ("b.md", &report(2))]);
    // Inside of the first member's data, behind its header and name.
    for byte in &mut bytes[40..48] {
        *byte ^= 0x55;
    }
    fs::write(work.path().join("a.zip"), bytes).unwrap();
    let (code, errors) = release(work.path(), "a.zip", &[]);
    assert_eq!(code, 3, "{errors}");
    assert!(errors.contains("a.md for FVEY: failed: damaged"), "{errors}");
    assert!(work.path().join("low/FVEY/b.md").exists());
    fs::write(work.path().join("policy.toml"), "[limits]\nbytes = 60\n").unwrap();
    fs::write(work.path().join("b.tar"), tar_of_reports()).unwrap();
    let (code, errors) = release(work.path(), "b.tar", &["--policy", "policy.toml"]);
    assert_eq!(code, 3);
    assert_eq!(errors.matches("more than the limit of 60").count(), 40, "{errors}");
}

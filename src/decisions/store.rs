//! The decisions of a review folder on disk: a SQLite database to which lines are only ever added.
//!
//! Each line carries a keyed hash over itself and the one before it, and the head of the chain stands apart, so that a line
//! changed, dropped or cut off at the end is found by who has the key. The schema carries its version; what comes later
//! (coordination, deadlines, statements) joins as tables of its own.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, TransactionBehavior, params};

use super::anchor::mac;
use super::decision::Decision;
use super::lines::{self, LinesError};
use super::set::Decisions;

/// The version of the schema.
const VERSION: i64 = 1;

const SCHEMA: &str = "
create table log (seq integer primary key, line text not null, chain text not null) strict;
create index log_line on log (line);
create table head (only integer primary key check (only = 1), seq integer not null, chain text not null) strict;
create table setting (name text primary key, value text not null) strict;
create trigger log_is_not_changed before update on log begin select raise(abort, 'the log is only added to'); end;
create trigger log_is_not_cut before delete on log begin select raise(abort, 'the log is only added to'); end;
insert into head values (1, 0, '');
pragma user_version = 1;
";

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database.
    #[error("{file}: {source}")]
    Database {
        /// The file.
        file: String,
        /// What SQLite says; it knows no text of a decision.
        source: rusqlite::Error,
    },
    /// The file.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A later version of the program made it.
    #[error("{file}: made by a later version of tearline (schema {version}); use that one")]
    Version {
        /// The file.
        file: String,
        /// Its schema.
        version: i64,
    },
    /// A line of it is no decision.
    #[error("{file}: decision {seq}: {source}")]
    Line {
        /// The file.
        file: String,
        /// The place in the log, from 1.
        seq: i64,
        /// What is wrong.
        source: LinesError,
    },
}

/// Whether the log is what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// All of it, so many decisions.
    Whole(usize),
    /// The first decision that is not what was written, from 1; one past the last when the end is missing.
    Broken(usize),
}

/// The decisions of one review folder.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    file: String,
    key: [u8; 32],
}

impl Store {
    /// The store's file in a review folder.
    pub const FILE: &'static str = "decisions.sqlite";

    /// Opens the store of the review folder `high`, and makes it when new. `key` is the folder's.
    ///
    /// # Errors
    /// When it cannot be opened, or a later version made it.
    pub fn open(high: &Path, key: [u8; 32]) -> Result<Self, StoreError> {
        let path = high.join(Self::FILE);
        let file = path.display().to_string();
        private_file(&path).map_err(|source| StoreError::Io { file: file.clone(), source })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&path, flags);
        let connection = connection.map_err(|source| StoreError::Database { file: file.clone(), source })?;
        let mut store = Self { connection, file, key };
        store.prepare()?;
        Ok(store)
    }

    fn database(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let file = self.file.clone();
        move |source| StoreError::Database { file: file.clone(), source }
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        let database = self.database();
        self.connection.busy_timeout(Duration::from_secs(10)).map_err(&database)?;
        self.connection.pragma_update(None, "journal_mode", "wal").map_err(&database)?;
        self.connection.pragma_update(None, "synchronous", "full").map_err(&database)?;
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&database)?;
        let version: i64 =
            change.query_row("pragma user_version", [], |row| row.get(0)).map_err(&database)?;
        match version {
            0 => change.execute_batch(SCHEMA).map_err(&database)?,
            VERSION => {}
            _ => return Err(StoreError::Version { file: self.file.clone(), version }),
        }
        change.commit().map_err(&database)
    }

    /// Adds decisions that are not in the log yet, all or none; returns how many were added.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add(&mut self, decisions: &[Decision]) -> Result<usize, StoreError> {
        let database = self.database();
        let change =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&database)?;
        let (mut seq, mut chain): (i64, String) = change
            .query_row("select seq, chain from head", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(&database)?;
        let mut added = 0;
        for decision in decisions {
            let line = lines::line(decision);
            let known: Option<i64> = change
                .query_row("select seq from log where line = ?1", [&line], |row| row.get(0))
                .optional()
                .map_err(&database)?;
            if known.is_some() {
                continue;
            }
            seq += 1;
            chain = link(&self.key, &chain, seq, &line);
            change
                .execute("insert into log values (?1, ?2, ?3)", params![seq, line, chain])
                .map_err(&database)?;
            added += 1;
        }
        change.execute("update head set seq = ?1, chain = ?2", params![seq, chain]).map_err(&database)?;
        change.commit().map_err(&database)?;
        Ok(added)
    }

    fn rows(&self) -> Result<Vec<(i64, String, String)>, StoreError> {
        let database = self.database();
        let mut query =
            self.connection.prepare("select seq, line, chain from log order by seq").map_err(&database)?;
        let rows =
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(&database)?;
        rows.collect::<Result<_, _>>().map_err(&database)
    }

    /// All that was ever decided, in order.
    ///
    /// # Errors
    /// When the database cannot be read, or a line of it is no decision.
    pub fn log(&self) -> Result<Vec<Decision>, StoreError> {
        let read = |(seq, line, _): (i64, String, String)| match lines::parse(&line) {
            Ok(decisions) => Ok(decisions),
            Err(source) => Err(StoreError::Line { file: self.file.clone(), seq, source }),
        };
        let decisions: Vec<Vec<Decision>> = self.rows()?.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(decisions.into_iter().flatten().collect())
    }

    /// The decisions in force.
    ///
    /// # Errors
    /// As [`Store::log`].
    pub fn decisions(&self) -> Result<Decisions, StoreError> {
        Ok(Decisions::in_force(self.log()?, self.two_people()?))
    }

    /// The place of the last decision, from 1; grows with each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last(&self) -> Result<i64, StoreError> {
        self.connection.query_row("select seq from head", [], |row| row.get(0)).map_err(self.database())
    }

    /// Follows the chain from its start.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn verify(&self) -> Result<Chain, StoreError> {
        let rows = self.rows()?;
        let mut chain = String::new();
        for (index, (seq, line, written)) in rows.iter().enumerate() {
            chain = link(&self.key, &chain, *seq, line);
            if usize::try_from(*seq) != Ok(index + 1) || chain != *written || lines::parse(line).is_err() {
                return Ok(Chain::Broken(index + 1));
            }
        }
        let head: (i64, String) = self
            .connection
            .query_row("select seq, chain from head", [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(self.database())?;
        let ends = usize::try_from(head.0) == Ok(rows.len()) && head.1 == chain;
        Ok(if ends { Chain::Whole(rows.len()) } else { Chain::Broken(rows.len() + 1) })
    }

    /// Whether what lets text through takes two people.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn two_people(&self) -> Result<bool, StoreError> {
        let value: Option<String> = self
            .connection
            .query_row("select value from setting where name = 'two-people'", [], |row| row.get(0))
            .optional()
            .map_err(self.database())?;
        Ok(value.as_deref() == Some("yes"))
    }

    /// Asks for two people from now on. Nothing takes this back.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn ask_two_people(&self) -> Result<(), StoreError> {
        self.connection
            .execute("insert or replace into setting values ('two-people', 'yes')", [])
            .map(drop)
            .map_err(self.database())
    }
}

/// The keyed hash of a line behind the one before it.
fn link(key: &[u8; 32], before: &str, seq: i64, line: &str) -> String {
    crate::text::hex(&mac(key, &["tearline.decisions/1", before, &seq.to_string(), line]))
}

/// Makes the file, readable by its owner alone, when it is not there.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decisions::{Act, Scope, Target};

    fn decision(id: &str, act: Act) -> Decision {
        Decision {
            source: "a.md".into(),
            audience: "*".into(),
            target: Target::Edit { id: id.into(), scope: Scope::One, equal: None },
            act,
            by: "R. Ames".into(),
            at: "2026-01-31T09:00:00Z".into(),
            reason: "printed already".into(),
        }
    }

    #[test]
    fn decisions_are_kept_once_each_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let log = [decision("e1", Act::Accept), decision("e2", Act::Reject)];
        let mut store = Store::open(folder.path(), [7; 32]).unwrap();
        assert_eq!(store.add(&log).unwrap(), 2);
        assert_eq!(store.add(&log).unwrap(), 0, "what is known is not added again");
        drop(store);
        let store = Store::open(folder.path(), [7; 32]).unwrap();
        assert_eq!(store.log().unwrap(), log);
        assert_eq!(store.verify().unwrap(), Chain::Whole(2));
    }

    #[test]
    fn the_log_cannot_be_changed_and_a_change_in_the_file_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), [7; 32]).unwrap();
        store.add(&[decision("e1", Act::Accept), decision("e2", Act::Accept)]).unwrap();
        assert!(store.connection.execute("update log set line = '{}'", []).is_err());
        assert!(store.connection.execute("delete from log", []).is_err());
        let forge = |sql: &str| store.connection.execute_batch(sql).unwrap();
        forge("drop trigger log_is_not_cut; delete from log where seq = 2");
        assert_eq!(store.verify().unwrap(), Chain::Broken(2), "the end is missing");
        forge("drop trigger log_is_not_changed; update log set line = replace(line, 'Ames', 'Oduya')");
        assert_eq!(store.verify().unwrap(), Chain::Broken(1));
    }

    #[test]
    fn another_key_does_not_follow_the_chain() {
        let folder = tempfile::tempdir().unwrap();
        Store::open(folder.path(), [7; 32]).unwrap().add(&[decision("e1", Act::Accept)]).unwrap();
        assert_eq!(Store::open(folder.path(), [8; 32]).unwrap().verify().unwrap(), Chain::Broken(1));
    }

    #[test]
    fn what_a_later_version_made_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), [7; 32]).unwrap();
        store.connection.pragma_update(None, "user_version", 9).unwrap();
        drop(store);
        assert!(matches!(Store::open(folder.path(), [7; 32]), Err(StoreError::Version { version: 9, .. })));
    }
}

//! Reports laid open: each parsed and read once, in a thread of its own that answers questions about it.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

use tearline::{Pipeline, Report, Study};

/// So many reports stay open.
const MOST: usize = 12;

type Question = Box<dyn FnOnce(&Study<'_>) + Send>;

/// The reports that lie open, the last used at the end.
pub(super) struct Readers {
    pipeline: &'static Pipeline,
    open: Mutex<VecDeque<(String, Sender<Question>)>>,
}

impl Readers {
    pub(super) fn new(pipeline: &'static Pipeline) -> Self {
        Self { pipeline, open: Mutex::default() }
    }

    /// Asks about the report at `path`, which `read` brings when it does not lie open.
    ///
    /// # Errors
    /// When it cannot be read, or the program failed inside it.
    pub(super) fn ask<R: Send + 'static>(
        &self,
        path: &str,
        read: impl FnOnce() -> anyhow::Result<Report>,
        question: impl FnOnce(&Study<'_>) -> R + Send + 'static,
    ) -> anyhow::Result<R> {
        let (send, answer) = channel();
        let question: Question = Box::new(move |study| {
            let _ = send.send(question(study));
        });
        let reader = self.reader(path, read)?;
        let failed = || anyhow::anyhow!("the program failed inside this report; this is a bug");
        reader.send(question).map_err(|_| failed())?;
        answer.recv().map_err(|_| {
            self.close(path);
            failed()
        })
    }

    fn reader(
        &self,
        path: &str,
        read: impl FnOnce() -> anyhow::Result<Report>,
    ) -> anyhow::Result<Sender<Question>> {
        let mut open = self.open.lock().expect("no holder of this lock panics");
        if let Some(at) = open.iter().position(|(name, _)| name == path)
            && let Some(found) = open.remove(at)
        {
            let reader = found.1.clone();
            open.push_back(found);
            return Ok(reader);
        }
        let report = read()?;
        let (send, questions) = channel::<Question>();
        let pipeline = self.pipeline;
        std::thread::spawn(move || {
            pipeline.study(&report, |study| {
                for question in questions {
                    question(study);
                }
            });
        });
        open.push_back((path.to_owned(), send.clone()));
        if open.len() > MOST {
            // The thread ends when nobody can ask it any more.
            open.pop_front();
        }
        Ok(send)
    }

    /// Puts a report away, so that the next question reads it anew.
    pub(super) fn close(&self, path: &str) {
        self.open.lock().expect("no holder of this lock panics").retain(|(name, _)| name != path);
    }
}

//! `tearline stream`: a JSON Lines filter that never stops on a bad line.

use std::io::{BufWriter, stdin, stdout};

use tearline::Audience;
use tearline::batch::{self, Streamed};

use crate::args::StreamArgs;
use crate::common;
use crate::exit::Exit;

pub(crate) fn run(args: &StreamArgs) -> anyhow::Result<Exit> {
    let pipeline = common::pipeline(&args.common, [0; 32])?;
    let audience = Audience::parse(&args.audience, pipeline.policy())?;
    let records = args.review.as_deref().map(common::create_private).transpose()?.map(BufWriter::new);
    let input = batch::decompressed(stdin().lock())?;
    let out = BufWriter::new(stdout());
    let streamed = batch::stream(pipeline, &audience, input, out, records, args.max_in_flight)?;
    if let Some(error) = &streamed.cut {
        common::say(&format!("standard input after {} lines: {error}", streamed.lines));
    }
    Ok(match streamed {
        Streamed { cut: Some(_), .. } | Streamed { failed: 1.., .. } => Exit::Input,
        Streamed { stopped: 1.., .. } => Exit::Human,
        _ => Exit::Done,
    })
}

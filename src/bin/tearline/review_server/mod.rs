//! `tearline review`: a local page over a review folder, on which people decide.
//!
//! The pages are the library's ([`tearline::review::page`]); here are the addresses, the guard before them, and what keeps reports
//! laid open between requests. Decisions go into the folder's store and nowhere else: the next `release --decisions` uses
//! them.

mod decide;
mod guard;
mod pages;
mod readers;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::routing::{get, post};

use crate::args::ReviewArgs;
use crate::common;
use crate::exit::Exit;
use state::State;

pub(crate) fn run(args: &ReviewArgs) -> anyhow::Result<Exit> {
    let address: SocketAddr = args.listen;
    if !address.ip().is_loopback() && !args.i_understand {
        bail!(
            "{address} can be reached from other machines, and whoever has the link reads every source; \
             give 127.0.0.1, or --i-understand if that is what you want"
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(args, address))?;
    Ok(Exit::Done)
}

async fn serve(args: &ReviewArgs, address: SocketAddr) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| address.to_string())?;
    let address = listener.local_addr()?;
    let state = Arc::new(State::open(args, address)?);
    for line in state.warnings() {
        common::say(&line);
    }
    common::print_line(&format!("http://{address}{}", state.base()))?;
    common::say("the link opens every source; give it to nobody. Ctrl-C ends the server");
    let app = Router::new()
        .route("/{token}/", get(pages::home))
        .route("/{token}/decide", post(decide::decide))
        .route("/{token}/undo", post(decide::undo))
        .route("/{token}/changes", post(decide::changes))
        .route("/{token}/{audience}/", get(pages::index))
        .route("/{token}/{audience}/{*path}", get(pages::report))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), guard::guard))
        .with_state(state);
    let end = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, app).with_graceful_shutdown(end).await?;
    Ok(())
}

//! The pages.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use super::state::State;

pub(super) async fn home(Shared(state): Shared<Arc<State>>) -> Response {
    let audience = escaped(state.first_audience());
    Redirect::temporary(&format!("{}{audience}/", state.base())).into_response()
}

pub(super) async fn index(
    Shared(state): Shared<Arc<State>>,
    Path((_, audience)): Path<(String, String)>,
) -> Response {
    answer(move || state.index(&audience).map(Some)).await
}

pub(super) async fn report(
    Shared(state): Shared<Arc<State>>,
    Path((_, audience, page)): Path<(String, String, String)>,
) -> Response {
    answer(move || match page.strip_suffix(".html").filter(|path| state.knows(path)) {
        Some(path) if state.audience(&audience).is_some() => state.page(path, &audience).map(Some),
        _ => Ok(None),
    })
    .await
}

/// A page made away from the thread that serves.
async fn answer(page: impl FnOnce() -> anyhow::Result<Option<String>> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(page).await {
        Ok(Ok(Some(page))) => Html(page).into_response(),
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, "there is no such report or audience here").into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the program failed; this is a bug").into_response(),
    }
}

/// A part of a path, escaped.
fn escaped(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b',');
    part.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

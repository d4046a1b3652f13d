//! What every request must show, and what every answer carries.
//!
//! A page of another site may send requests here, and a name of its own may lead to this address: so the host must be this
//! server's, the origin of what changes something must be its pages, and the link's token must be in the path. No answer allows
//! another origin to read it.

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tearline::review::page;

use super::state::State;

/// The header that the pages' scripts send and a form of another site cannot.
const OWN: &str = "x-tearline";

pub(super) async fn guard(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&state, &request) {
        Some((status, reason)) => (status, reason).into_response(),
        None => next.run(request).await,
    };
    let policy = format!("{}; frame-ancestors 'none'", page::policy());
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

/// Why a request is refused. An unknown token is not told from an unknown page.
fn refusal(state: &State, request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let host = text(headers, "host").unwrap_or_default();
    if !state.is_host(host) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "this host is not the server's"));
    }
    let token = request.uri().path().split('/').nth(1).unwrap_or_default();
    if !state.is_token(token) {
        return Some((StatusCode::NOT_FOUND, "there is nothing here; use the link that the server printed"));
    }
    let site = text(headers, "sec-fetch-site");
    let own_origin = |origin: &str| origin == format!("http://{host}");
    if request.method().is_safe() {
        let foreign = site.is_some_and(|site| !matches!(site, "none" | "same-origin"));
        return foreign.then_some((StatusCode::FORBIDDEN, "another site asks for this"));
    }
    let own = text(headers, "origin").is_some_and(own_origin)
        && site.is_none_or(|site| site == "same-origin")
        && headers.contains_key(OWN)
        && text(headers, "content-type").is_some_and(|kind| kind.starts_with("application/json"));
    (!own).then_some((StatusCode::FORBIDDEN, "this does not come from the server's own pages"))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

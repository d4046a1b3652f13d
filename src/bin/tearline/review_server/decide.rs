//! What the pages send: decisions, their undoing, and the question what others have decided.

use std::sync::Arc;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tearline::decisions::{self, Act, Decision, Decisions, Scope, Target};

use super::state::{Changes, State};

/// A decision as a page sends it: the fields of a line, without the time.
#[derive(Deserialize)]
pub(super) struct Sent {
    version: i64,
    /// The text that was selected to be marked, which must still stand there.
    selected: Option<String>,
    decision: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct Undo {
    version: i64,
    source: String,
    audience: String,
    by: String,
    /// The portion of which the last decision is undone, whoever made it; the person's own last one without.
    portion: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Since {
    version: i64,
    source: String,
    audience: String,
}

/// Why something was not decided, for the person who tried.
struct Refused(StatusCode, String);

impl<E: Into<anyhow::Error>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, format!("{:#}", error.into()))
    }
}

fn refused(reason: impl Into<String>) -> Refused {
    Refused(StatusCode::UNPROCESSABLE_ENTITY, reason.into())
}

pub(super) async fn decide(Shared(state): Shared<Arc<State>>, Json(sent): Json<Sent>) -> Response {
    answer(move || {
        let text =
            |field: &str| sent.decision.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (source, audience) = (text("source"), text("shown_for"));
        let decision = decision(&state, sent.decision, sent.selected)?;
        let lets_through = decision.act.lets_through();
        state.add(&decision)?;
        let mut body = changed(&state, &source, &audience, sent.version)?;
        let waits = lets_through && Decisions::waiting(&state.log()?).contains(&decision);
        body["waits"] = json!(waits && body["two_people"] == json!(true));
        Ok(body)
    })
    .await
}

pub(super) async fn undo(Shared(state): Shared<Arc<State>>, Json(undo): Json<Undo>) -> Response {
    answer(move || {
        let log = state.log()?;
        let last = match &undo.portion {
            None => decisions::last_of(&log, &undo.source, &undo.audience, &undo.by),
            Some(portion) => log.iter().rev().find(|decision| {
                decision.source == undo.source
                    && decision.holds_for(&undo.audience)
                    && decision.target.id() == portion
                    && decision.act != Act::Undo
                    && decision.by == undo.by
            }),
        };
        let Some(last) = last else {
            return Err(refused("you have decided nothing here that is not undone already"));
        };
        let undone = Decision {
            act: Act::Undo,
            by: undo.by.clone(),
            at: now(),
            reason: String::new(),
            ..last.clone()
        };
        let word = last.act.word();
        let id = last.target.id().to_owned();
        state.add(&undone)?;
        let mut body = changed(&state, &undo.source, &undo.audience, undo.version)?;
        body["undone"] = json!({ "decision": word, "id": id });
        Ok(body)
    })
    .await
}

pub(super) async fn changes(Shared(state): Shared<Arc<State>>, Json(since): Json<Since>) -> Response {
    answer(move || {
        if state.version()? == since.version {
            return Ok(json!({ "version": since.version }));
        }
        changed(&state, &since.source, &since.audience, since.version)
    })
    .await
}

/// Makes a decision of what was sent: with the time, and with the ids that only the report's text tells.
fn decision(
    state: &State,
    mut fields: Map<String, Value>,
    selected: Option<String>,
) -> Result<Decision, Refused> {
    let place = |fields: &Map<String, Value>, name: &str| {
        fields.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok())
    };
    fields.remove("shown_for");
    fields.insert("at".into(), json!(now()));
    let source = fields.get("source").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !state.knows(&source) {
        return Err(refused("there is no such report here"));
    }
    let marks = fields.get("decision").and_then(Value::as_str) == Some("mark");
    let equal = fields.get("scope").and_then(Value::as_str) == Some("equal");
    if marks && fields.get("edit").is_none() {
        let (Some(start), Some(end)) = (place(&fields, "start"), place(&fields, "end")) else {
            return Err(refused("nothing is selected"));
        };
        let span = state.ask(&source, move |study| study.marked(start, end))?;
        let Some(span) = span else { return Err(refused("the selection is no text of the source")) };
        let stands = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        if selected.is_some_and(|selected| stands(&selected) != stands(&span.words)) {
            return Err(refused("the source has changed since; load the page anew"));
        }
        fields.insert("edit".into(), json!(span.id));
        if equal {
            fields.insert("equal".into(), json!(span.equal));
        }
    }
    let decision =
        Decision::deserialize(Value::Object(fields)).map_err(|error| refused(error.to_string()))?;
    settle(state, decision)
}

/// Gives a decision on equal spans the fingerprint that these share.
fn settle(state: &State, mut decision: Decision) -> Result<Decision, Refused> {
    if let Target::Edit { id, scope: Scope::Equal, equal: equal @ None } = &mut decision.target {
        let edit = id.clone();
        let shared = state.ask(&decision.source, move |study| study.shared(&edit))?;
        let Some(shared) = shared else {
            return Err(refused("what equal spans share is not known of this change; decide on it alone"));
        };
        *equal = Some(shared);
    }
    Ok(decision)
}

/// What a page must change to show the decisions as they are now.
fn changed(state: &State, source: &str, audience: &str, since: i64) -> Result<Value, Refused> {
    let Changes { version, rows, cards, preview, parts } = state.changes(source, audience, since)?;
    let order: Vec<&str> = parts.cards.iter().map(|card| card.id.as_str()).collect();
    Ok(json!({
        "version": version,
        "rows": rows,
        "cards": cards,
        "order": order,
        "head": parts.head,
        "top": parts.top,
        "rest": parts.rest,
        "preview": preview,
        "two_people": state.two_people(),
    }))
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// An answer made away from the thread that serves.
async fn answer(make: impl FnOnce() -> Result<Value, Refused> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(make).await {
        Ok(Ok(body)) => Json(body).into_response(),
        Ok(Err(Refused(status, reason))) => (status, Json(json!({ "fault": reason }))).into_response(),
        Err(_) => {
            let fault = json!({ "fault": "the program failed; this is a bug" });
            (StatusCode::INTERNAL_SERVER_ERROR, Json(fault)).into_response()
        }
    }
}

//! Answers that say no: what the asker is told, and apart from it what only the log is told.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use record::refusal::{Class, Refusal};
use serde::Serialize;
use store::vault::VaultError;
use store::{StoreError, SubmitError};

use crate::limits::OVERLOAD_RETRY_S;

/// What the asker is told.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ErrorBody {
    /// Stable code for programs: a refusal code of the rules, or one of the server's own.
    pub(crate) code: String,
    /// What happened, with the evidence.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: String,
    /// Whether the same bytes might be accepted at another time.
    pub(crate) clock_dependent: bool,
    /// Identifier of the logged refusal, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logged_as: Option<String>,
}

/// An answer that says no.
#[derive(Debug)]
pub(crate) struct ApiError {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Code; bounded, so that it can label a metric.
    pub(crate) code: &'static str,
    message: Cow<'static, str>,
    hint: &'static str,
    clock_dependent: bool,
    logged_as: Option<Box<str>>,
    retry_after_s: Option<u64>,
    internal: Option<Box<str>>,
}

/// Of a refusal, as a response extension: for the metrics, never for the asker.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefusedAs(pub(crate) &'static str);

impl ApiError {
    /// An answer with nothing to hide.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        hint: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            hint,
            clock_dependent: false,
            logged_as: None,
            retry_after_s: None,
            internal: None,
        }
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        let hint = "see /api/openapi.json for what there is";
        Self::new(StatusCode::NOT_FOUND, "not-found", message, hint)
    }

    /// The question is not understood.
    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        let hint = "see /api/openapi.json for the parameters";
        Self::new(StatusCode::BAD_REQUEST, "bad-request", message, hint)
    }

    /// Something of ours failed; the asker learns only that.
    pub(crate) fn internal(what: impl std::fmt::Display) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server could not answer",
            "try again later; if it stays, tell the operator the time of your request",
        );
        error.internal = Some(what.to_string().into());
        error
    }

    /// Too busy now.
    pub(crate) fn busy(message: impl Into<Cow<'static, str>>, retry_after_s: u64) -> Self {
        let hint = "wait as Retry-After says and send the same bytes again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", message, hint)
            .retry_after(retry_after_s)
    }

    /// Too many requests.
    pub(crate) fn too_many(retry_after_s: u64) -> Self {
        let message = "too many requests";
        let hint = "wait as Retry-After says";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", message, hint)
            .retry_after(retry_after_s)
    }

    /// Too many requests for help: whoever asks has to know that nothing is lost.
    pub(crate) fn too_many_asks(retry_after_s: u64) -> Self {
        let message =
            "too many requests for help came from here, or in all; yours is not recorded yet";
        let hint = "keep the offline file and send it again as Retry-After says; if life is in danger, call the emergency services now";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", message, hint)
            .retry_after(retry_after_s)
    }

    /// Refused, and the refusal not logged yet: its code tells a relay that other submissions may go on.
    pub(crate) fn too_many_refusals(retry_after_s: u64) -> Self {
        let message = "refused; too many refusals were logged lately to log this one now";
        let hint = "submit it again as Retry-After says, or without ?log-refusal to be told why it is refused";
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "too-many-refusals", message, hint).retry_after(retry_after_s)
    }

    /// What the asker is told.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self.clock_dependent = true;
        self
    }

    /// Adds the identifier of the logged refusal.
    pub(crate) fn logged_as(mut self, id: String) -> Self {
        self.logged_as = Some(id.into());
        self
    }

    fn with_internal(mut self, what: &dyn std::error::Error) -> Self {
        self.internal = Some(record::trust::with_sources(what).into());
        self
    }
}

/// The HTTP status of a class of refusals.
#[must_use]
pub(crate) fn status_of(class: Class) -> StatusCode {
    match class {
        Class::Malformed => StatusCode::BAD_REQUEST,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::Conflict => StatusCode::CONFLICT,
        Class::NotNow => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code;
        let clock_dependent = refusal.clock_dependent();
        Self {
            clock_dependent,
            ..Self::new(
                status_of(code.class()),
                code.as_str(),
                refusal.detail,
                code.hint(),
            )
        }
    }
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => refusal.into(),
            SubmitError::Overloaded { .. } | SubmitError::Stopped => {
                Self::busy(error.to_string(), OVERLOAD_RETRY_S)
            }
            SubmitError::TooManyRefusals { window_s, .. } => Self::too_many_refusals(window_s),
            SubmitError::NotRefused => {
                let hint = "send it without ?log-refusal";
                Self::new(StatusCode::CONFLICT, "not-refused", error.to_string(), hint)
            }
            SubmitError::Store(ref source) => match source.as_ref() {
                StoreError::OutcomeUnknown { .. }
                | StoreError::QuorumMissing { .. }
                | StoreError::ClockLeap { .. } => {
                    Self::busy(source.to_string(), OVERLOAD_RETRY_S).with_internal(source)
                }
                _ => Self::internal(record::trust::with_sources(&error)),
            },
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NoEntry { .. } | StoreError::NoFinding(_) => {
                Self::not_found(error.to_string())
            }
            _ => Self::internal(record::trust::with_sources(&error)),
        }
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        match &error {
            VaultError::TooLarge { .. } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "exhibit-too-large",
                error.to_string(),
                "split it, or hand it to the body another way",
            ),
            VaultError::Missing { .. } => Self::not_found("the vault holds no such exhibit"),
            VaultError::Source(_) => Self::new(
                StatusCode::BAD_REQUEST,
                "exhibit-cut-short",
                "the exhibit did not arrive whole; nothing of it is kept",
                "send it again",
            ),
            _ => Self::internal(record::trust::with_sources(&error)),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(internal) = &self.internal {
            tracing::error!(code = self.code, internal, "failed");
        }
        let body = ErrorBody {
            code: self.code.to_owned(),
            message: self.message.into_owned(),
            hint: self.hint.to_owned(),
            clock_dependent: self.clock_dependent,
            logged_as: self.logged_as.map(String::from),
        };
        let mut response = (self.status, Json(body)).into_response();
        response.extensions_mut().insert(RefusedAs(self.code));
        if let Some(seconds) = self.retry_after_s {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}

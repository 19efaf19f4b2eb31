//! The HTTP gateway: `router(gateway)`, and `serve`, which serves it until it is told to stop.
//!
//! The way of one request: `server` (connection), `entry` (id, key, log), `body` (in `room`) and `ask` (what is wanted,
//! within `options`), `gateway` (kept answers, `turns`, the service), `flight` (one computation for all who ask the same),
//! and back as JSON by `summarize` or as `events`. A turn comes before all that costs anything; what takes long is done off
//! the runtime (`offload`), and holds turn and room until it has ended. Errors are problem documents (RFC 9457) from one table, `problem`. Handlers
//! only translate: the work is the service's. A caller who leaves drops the handler's future; with the last one who waits
//! for an answer, its work ends. `translate` has texts translated, and `libre` does in the words of LibreTranslate. `limit` is
//! how long a request may take, `phase` where the gateway is in its life; `probes` and `metrics` tell it to machines.

mod ask;
mod body;
mod entry;
mod events;
mod flight;
mod gateway;
mod keys;
mod libre;
mod limit;
mod metrics;
mod offload;
mod openapi;
mod options;
mod page;
mod phase;
mod probes;
mod problem;
mod room;
mod server;
mod summarize;
mod translate;
mod turns;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

pub use self::gateway::Gateway;
pub use self::keys::Keys;
pub use self::options::{Limits, Options, Times};
pub use self::server::serve;
use problem::Problem;

/// The gateway's paths. `entry::PATHS` has them again, as labels.
pub fn router(gateway: Gateway) -> Router {
    let origins = &gateway.0.options.origins;
    let cors = (!origins.is_empty()).then(|| cors(origins));
    let router = Router::new()
        .route("/", get(page::html))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::js))
        .route("/health", get(probes::health))
        .route("/ready", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .route("/openapi.json", get(openapi::get))
        .route("/v1/models", get(probes::models))
        .route("/v1/summarize", post(summarize::post))
        .route("/v1/summarise", post(summarize::post))
        .route("/v1/compare", post(summarize::compare))
        .route("/v1/translate", post(translate::post))
        .merge(libre::router(gateway.clone()))
        .fallback(|| async { Problem::plain(StatusCode::NOT_FOUND, "not_found", "there is no such path") })
        .method_not_allowed_fallback(|| async {
            Problem::plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take this method")
        })
        // `ask` has a limit of its own, which names itself.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(from_fn_with_state(gateway.clone(), entry::enter))
        .with_state(gateway);
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// Which pages of other origins may ask.
fn cors(origins: &[String]) -> CorsLayer {
    let allowed = match origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::from(Any),
        false => AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())),
    };
    CorsLayer::new().allow_origin(allowed).allow_methods([Method::GET, Method::POST]).allow_headers([
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::CACHE_CONTROL,
    ])
}

//! The HTTP gateway: `router(gateway)`, and `serve`, which serves it until it is told to stop.
//!
//! The way of one request: `server` (connection, with its `clock`), `entry` (id, host and page by `origin`, key, log), `body`
//! (in `room`) and `request` (what is wanted, within `options`), `gateway` (kept answers, `queue`, the service), `flight` (one
//! computation for all who ask the same), and back as JSON by `summarize` or as `events`. A turn comes before all that costs
//! anything; what takes long is done off the runtime (`offload`), and holds turn and room until it has ended. Errors are
//! problem documents (RFC 9457) from one table, `problem`. Handlers only translate: the work is the service's. A caller who
//! leaves drops the handler's future; with the last one who waits for an answer, its work ends, and a body that nobody wanted
//! is read a little further (`linger`). `check` holds a text
//! against an article, and `extract` reads one. `translate` has texts translated, and `libre` does in the words of LibreTranslate.
//! `limit` is how long a request may take, `phase` where the gateway is in its life; `probes`, `metrics` and `process` tell it
//! to machines, and `openapi` says what all of it takes and gives.

mod body;
mod check;
mod clock;
mod entry;
mod events;
mod extract;
mod flight;
mod forwarded;
mod gateway;
mod keys;
mod libre;
mod limit;
mod linger;
mod metrics;
mod offload;
mod openapi;
mod options;
mod origin;
mod page;
mod phase;
mod probes;
mod problem;
mod process;
mod queue;
mod request;
mod room;
mod server;
mod servers;
mod summarize;
mod tail;
mod translate;

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

pub use self::gateway::Gateway;
pub use self::keys::Keys;
pub(crate) use self::options::limits;
pub use self::options::{Answers, Limits, Options, Times};
pub use self::origin::PublicUrl;
pub use self::server::serve;
use entry::REQUEST_ID;
pub use ipnet::IpNet;
use problem::Problem;

/// How long a browser remembers what it was told about an origin.
const PREFLIGHT: Duration = Duration::from_secs(3600);

/// The gateway's paths. They are labels of counters, too.
pub fn router(gateway: Gateway) -> Router {
    let own = Router::new()
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
        .route("/v1/check", post(check::post))
        .route("/v1/extract", post(extract::post))
        .route("/v1/translate", post(translate::post))
        .fallback(|| async { Problem::plain(StatusCode::NOT_FOUND, "not_found", "there is no such path") })
        .method_not_allowed_fallback(|| async {
            Problem::plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take this method")
        });
    let options = &gateway.0.options;
    // LibreTranslate's clients in pages of any origin: where they need a key, they use no right of the one who looks at them.
    let any = ["*".to_owned()];
    let origins = if options.keys.is_empty() { options.origins.as_slice() } else { &any };
    let own = with_cors(around(own, &gateway), &options.origins);
    own.merge(with_cors(around(libre::router(gateway.clone()), &gateway), origins)).with_state(gateway)
}

/// What all requests go through.
fn around(router: Router<Gateway>, gateway: &Gateway) -> Router<Gateway> {
    router
        // `body` has a limit of its own, which names itself.
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(from_fn_with_state(gateway.clone(), entry::enter))
}

/// Tells browsers which pages of other origins may ask, and read the answers.
fn with_cors(router: Router<Gateway>, origins: &[String]) -> Router<Gateway> {
    if origins.is_empty() {
        return router;
    }
    let allowed = match origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::from(Any),
        false => AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())),
    };
    let name = HeaderName::from_static;
    let asks = [header::AUTHORIZATION, header::CONTENT_TYPE, header::CACHE_CONTROL, name("x-api-key"), REQUEST_ID];
    let reads = [REQUEST_ID, header::RETRY_AFTER, header::CONTENT_DISPOSITION, name("cache-status")];
    let cors = CorsLayer::new().allow_origin(allowed).allow_methods([Method::GET, Method::POST]);
    router.layer(cors.allow_headers(asks).expose_headers(reads).max_age(PREFLIGHT))
}

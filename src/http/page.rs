//! The web page at `/`: three files in the program, and a policy that lets it ask this gateway and nobody else.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::openapi::Anyone;

/// Scripts, styles and requests of this origin; nothing from or to anywhere else, and nobody frames it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The web page.
#[utoipa::path(get, path = "/", tag = "gateway", operation_id = "page", security(()),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"), Anyone))]
pub(super) async fn html() -> Response {
    file("text/html; charset=utf-8", include_str!("page/index.html"))
}
/// The web page's style.
#[utoipa::path(get, path = "/page.css", tag = "gateway", operation_id = "page_style", security(()),
    responses((status = 200, description = "The style", body = String, content_type = "text/css"), Anyone))]
pub(super) async fn css() -> Response {
    file("text/css; charset=utf-8", include_str!("page/page.css"))
}
/// The web page's script.
#[utoipa::path(get, path = "/page.js", tag = "gateway", operation_id = "page_script", security(()),
    responses((status = 200, description = "The script", body = String, content_type = "text/javascript"), Anyone))]
pub(super) async fn js() -> Response {
    file("text/javascript; charset=utf-8", include_str!("page/page.js"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        // A new version of the program has new files under the same names.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

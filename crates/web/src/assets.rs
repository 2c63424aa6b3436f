//! The site's own style and script: fixed bytes under names with their digest, so that browsers keep them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// One file.
pub(crate) struct Asset {
    /// Where it is served.
    pub(crate) path: String,
    kind: &'static str,
    text: &'static str,
}

/// The style of all pages.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| asset("style", "css", "text/css; charset=utf-8", include_str!("assets/style.css")));
/// Comfort: pages work without it.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    asset("script", "js", "text/javascript; charset=utf-8", include_str!("assets/script.js"))
});

fn asset(name: &str, ending: &str, kind: &'static str, text: &'static str) -> Asset {
    let digest = blake3::hash(text.as_bytes()).to_hex();
    let digest: String = digest.chars().take(16).collect();
    Asset { path: format!("/assets/{name}-{digest}.{ending}"), kind, text }
}

/// Serves one.
pub(crate) async fn show(Path(name): Path<String>) -> Result<Response, Problem> {
    let path = format!("/assets/{name}");
    let asset = [&*STYLE, &*SCRIPT].into_iter().find(|asset| asset.path == path).ok_or(Problem::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text).into_response())
}

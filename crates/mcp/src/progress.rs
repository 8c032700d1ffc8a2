//! Progress of long calls, only for clients that asked for it.

use std::convert::Infallible;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;

use crate::http::JsonOnly;

/// Time between two notifications; shorter calls send none.
const EVERY: Duration = Duration::from_secs(1);

/// Tells the client each second that the call is still being worked on. Never ends; whoever waits for the
/// call drops this.
pub async fn report(context: &RequestContext<RoleServer>) -> Infallible {
    let token = context.meta.get_progress_token().filter(|_| !reads_json_only(context));
    let Some(token) = token else {
        return std::future::pending().await;
    };
    let mut seconds = 0_u32;
    loop {
        tokio::time::sleep(EVERY).await;
        seconds += 1;
        let params = ProgressNotificationParam::new(token.clone(), f64::from(seconds))
            .with_message(format!("working for {seconds} s"));
        if context.peer.notify_progress(params).await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Whether the client would not understand a stream in place of its one JSON document.
fn reads_json_only(context: &RequestContext<RoleServer>) -> bool {
    let parts = context.extensions.get::<::http::request::Parts>();
    parts.is_some_and(|parts| parts.extensions.get::<JsonOnly>().is_some())
}

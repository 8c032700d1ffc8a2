//! Streams cut into their pieces. The bytes that come are counted before they are kept.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use eventsource_stream::{EventStreamError, Eventsource as _};
use futures::stream::{self, BoxStream, StreamExt as _};

use super::protocol::Framing;

/// Largest answer, in bytes; an explanation has a few thousand.
pub(super) const LARGEST: usize = 2 << 20;

/// A piece: its name where the framing has names, and its document.
pub(super) type Frame = (String, Bytes);

/// Why a stream went no further.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// More than the largest answer.
    #[error("it is too large")]
    Large,
    /// The connection failed.
    #[error("{0}")]
    Connection(String),
    /// Bytes that the framing does not know.
    #[error("{0}")]
    Form(&'static str),
}

/// The body of a response, as long as it stays within bounds.
pub(super) fn bounded(response: reqwest::Response) -> BoxStream<'static, Result<Bytes, Broken>> {
    let mut sum = 0_usize;
    let counted = response.bytes_stream().map(move |chunk| {
        let chunk = chunk.map_err(|error| Broken::Connection(super::send::reason(&error)))?;
        sum = sum.saturating_add(chunk.len());
        if sum > LARGEST { Err(Broken::Large) } else { Ok(chunk) }
    });
    counted.boxed()
}

/// The pieces of a body.
pub(super) fn frames(
    body: BoxStream<'static, Result<Bytes, Broken>>,
    framing: Framing,
) -> BoxStream<'static, Result<Frame, Broken>> {
    match framing {
        Framing::Events => events(body),
        Framing::Lines => split(body, line),
        Framing::Binary => split(body, binary),
        Framing::Whole => body.map(|chunk| Ok((String::new(), chunk?))).boxed(),
    }
}

fn events(body: BoxStream<'static, Result<Bytes, Broken>>) -> BoxStream<'static, Result<Frame, Broken>> {
    let pieces = body.eventsource().map(|event| match event {
        Ok(event) => Ok((event.event, Bytes::from(event.data))),
        Err(EventStreamError::Transport(broken)) => Err(broken),
        Err(EventStreamError::Utf8(_)) => Err(Broken::Form("it is not UTF-8")),
        Err(EventStreamError::Parser(_)) => Err(Broken::Form("it is no stream of events")),
    });
    pieces.boxed()
}

/// Takes one piece off the front; none when it is not whole yet.
type Take = fn(&mut BytesMut) -> Result<Option<Frame>, Broken>;

struct Splitting {
    body: BoxStream<'static, Result<Bytes, Broken>>,
    held: BytesMut,
    ready: VecDeque<Frame>,
    over: bool,
}

fn split(
    body: BoxStream<'static, Result<Bytes, Broken>>,
    take: Take,
) -> BoxStream<'static, Result<Frame, Broken>> {
    let start = Splitting { body, held: BytesMut::new(), ready: VecDeque::new(), over: false };
    stream::try_unfold(start, move |mut state| async move {
        loop {
            if let Some(frame) = state.ready.pop_front() {
                return Ok(Some((frame, state)));
            }
            if state.over {
                return Ok(None);
            }
            match state.body.next().await {
                Some(chunk) => state.held.extend_from_slice(&chunk?),
                None => {
                    state.over = true;
                    // The last line may have no end.
                    state.held.extend_from_slice(b"\n");
                }
            }
            while let Some(frame) = take(&mut state.held)? {
                state.ready.push_back(frame);
            }
        }
    })
    .boxed()
}

fn line(held: &mut BytesMut) -> Result<Option<Frame>, Broken> {
    while let Some(end) = held.iter().position(|byte| *byte == b'\n') {
        let line = held.split_to(end + 1).freeze();
        if !line.trim_ascii().is_empty() {
            return Ok(Some((String::new(), line)));
        }
    }
    Ok(None)
}

/// A message of AWS's event stream: two lengths and a checksum, headers, payload, a checksum. The checksums
/// are left to TLS; the lengths are not trusted.
fn binary(held: &mut BytesMut) -> Result<Option<Frame>, Broken> {
    const PRELUDE: usize = 12;
    const CHECKSUM: usize = 4;
    const NO: Broken = Broken::Form("it is no event stream of AWS");
    let number = |at: usize| -> Option<usize> {
        let bytes: [u8; 4] = held.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let (Some(total), Some(headers)) = (number(0), number(4)) else { return Ok(None) };
    let fits =
        total <= LARGEST && headers.checked_add(PRELUDE + CHECKSUM).is_some_and(|least| least <= total);
    if !fits {
        return Err(NO);
    }
    if held.len() < total {
        return Ok(None);
    }
    let message = held.split_to(total).freeze();
    let name = name_of(&message[PRELUDE..PRELUDE + headers]).ok_or(NO)?;
    Ok(Some((name, message.slice(PRELUDE + headers..total - CHECKSUM))))
}

/// The type of the event or of the exception. All headers that matter are texts (type 7).
fn name_of(mut headers: &[u8]) -> Option<String> {
    let mut name = String::new();
    while let Some((length, rest)) = headers.split_first() {
        let (key, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = rest.split_first()?;
        let size = match kind {
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            5 | 8 => 8,
            9 => 16,
            6 | 7 => usize::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])) + 2,
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(size)?;
        if matches!(key, b":event-type" | b":exception-type" | b":error-code") {
            name = String::from_utf8_lossy(value.get(2..)?).into_owned();
            if key == b":error-code" {
                name.push_str("Exception");
            }
        }
        headers = rest;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_lie_are_no_event_stream() {
        for bytes in
            [&b"<html><body>proxy</body></html>"[..], &[0, 0, 0, 20, 0, 0, 0, 200, 0, 0, 0, 0], &[0; 16]]
        {
            assert!(binary(&mut BytesMut::from(bytes)).is_err(), "{bytes:?}");
        }
        assert!(matches!(binary(&mut BytesMut::from(&[0, 0, 1][..])), Ok(None)));
        assert!(name_of(&[200, 1]).is_none() && name_of(&[1, b'x', 7, 255, 255]).is_none());
    }
}

//! The sockets of the relay: lines in, replies out, TLS in between.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::Mail;
use super::dialogue::{Dialogue, Step};
use super::faults::{DELAY_MS, FaultKind, FaultPoint};
use super::receive::{Arrival, receive};
use crate::entropy;

/// The longest command.
const LONGEST_LINE: u64 = 16 * 1024;
/// How much of a message is read at once.
const CHUNK: u64 = 64 * 1024;
const TOO_SILENT: &str = "451 4.4.2 Timeout waiting for data from client.";

/// How a conversation ended.
enum End {
    Over,
    /// The client wants to go on encrypted.
    Encrypt,
}

/// Takes connections until the sandbox stops. `wrapped` ones are encrypted from the first byte.
pub(crate) async fn serve(listener: TcpListener, mail: Arc<Mail>, wrapped: bool) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let mail = Arc::clone(&mail);
                tokio::spawn(async move {
                    // A client that vanishes is no news; what it had been promised is kept.
                    let _ = converse(stream, mail, wrapped).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the relay cannot take a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn converse(mut stream: tokio::net::TcpStream, mail: Arc<Mail>, wrapped: bool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    if mail.change(|state, _| state.faults.take(FaultPoint::Connect)).is_some() {
        return say(&mut stream, "421 Too many concurrent SMTP connections").await;
    }
    let greeting = format!(
        "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-{} {}",
        entropy::hex(9).to_uppercase(),
        entropy::alphanumeric(20)
    );
    if !wrapped {
        say(&mut stream, &greeting).await?;
        let mut dialogue = Dialogue::new(Arc::clone(&mail), false);
        if matches!(talk(&mut stream, &mail, &mut dialogue).await?, End::Over) {
            return Ok(());
        }
    }
    let mut stream = mail.acceptor().accept(stream).await?;
    if wrapped {
        say(&mut stream, &greeting).await?;
    }
    // Whatever was said in the clear is forgotten.
    let mut dialogue = Dialogue::new(Arc::clone(&mail), true);
    talk(&mut stream, &mail, &mut dialogue).await?;
    stream.shutdown().await
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Answers command after command. Commands that arrive together are answered one by one.
async fn talk(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    mail: &Arc<Mail>,
    dialogue: &mut Dialogue,
) -> io::Result<End> {
    // Dropping the buffer at the end drops what a client smuggled in behind STARTTLS.
    let mut stream = BufReader::new(stream);
    loop {
        let Some(line) = read_line(&mut stream, mail).await? else { return Ok(End::Over) };
        let step = match line {
            Line::Read(line) => dialogue.hear(&line),
            Line::TooLong => Step::Quit("500 Line too long".to_owned()),
            Line::Silence => Step::Quit(TOO_SILENT.to_owned()),
        };
        match step {
            Step::Reply(reply) => say(&mut stream, &reply).await?,
            Step::Quit(reply) => {
                say(&mut stream, &reply).await?;
                return Ok(End::Over);
            }
            Step::Encrypt(reply) => {
                say(&mut stream, &reply).await?;
                return Ok(End::Encrypt);
            }
            Step::Data(reply) => {
                say(&mut stream, &reply).await?;
                let Some((raw, too_long)) = read_message(&mut stream, mail).await? else {
                    say(&mut stream, TOO_SILENT).await?;
                    return Ok(End::Over);
                };
                let arrival = Arrival { envelope: dialogue.take_envelope(), raw, too_long };
                match take(mail, &arrival).await {
                    Some(reply) => say(&mut stream, &reply).await?,
                    None => return Ok(End::Over),
                }
            }
        }
    }
}

enum Line {
    Read(String),
    TooLong,
    Silence,
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>, mail: &Mail) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let mut limited = stream.take(LONGEST_LINE);
    let read = limited.read_until(b'\n', &mut bytes);
    let Ok(count) = tokio::time::timeout(mail.patience(), read).await else { return Ok(Some(Line::Silence)) };
    if count? == 0 {
        return Ok(None);
    }
    if !bytes.ends_with(b"\n") {
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(Line::Read(String::from_utf8_lossy(&bytes).trim_end().to_owned())))
}

/// Reads up to the lone dot, the doubled dots undone; `None` if the client falls silent. Of a message that is too long
/// nothing is kept but the fact.
async fn read_message<S: AsyncRead + Unpin>(
    stream: &mut BufReader<S>,
    mail: &Mail,
) -> io::Result<Option<(Vec<u8>, bool)>> {
    let limit = mail.read(|state| state.account().max_message_bytes);
    let (mut message, mut too_long, mut line_begins) = (Vec::new(), false, true);
    loop {
        let mut chunk = Vec::new();
        let mut limited = (&mut *stream).take(CHUNK);
        let read = limited.read_until(b'\n', &mut chunk);
        let Ok(count) = tokio::time::timeout(mail.patience(), read).await else { return Ok(None) };
        if count? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line_begins && chunk == b".\r\n" {
            return Ok(Some((message, too_long)));
        }
        let text = if line_begins { chunk.strip_prefix(b".").unwrap_or(&chunk) } else { &chunk };
        too_long = too_long || message.len() + text.len() > limit;
        if too_long {
            message = Vec::new();
        } else {
            message.extend_from_slice(text);
        }
        // Only CR LF ends a line: a bare LF must not let a message end early.
        line_begins = chunk.ends_with(b"\r\n");
    }
}

/// Decides on a message and tells the reply, once what was decided is on disk; `None` breaks the connection.
async fn take(mail: &Mail, arrival: &Arrival) -> Option<String> {
    let (fault, outcome) = mail.change(|state, now| {
        let fault = state.faults.take(FaultPoint::Data);
        let outcome = receive(state, arrival, fault.as_ref().map(|fault| fault.kind), now);
        (fault, outcome)
    });
    if mail.settled().await.is_err() {
        return Some("451 Temporary service failure".to_owned());
    }
    match fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::DropAfterData) => return None,
        Some(FaultKind::Delay) => {
            let delay_ms = fault.and_then(|fault| fault.delay_ms).unwrap_or(DELAY_MS);
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        }
        _ => {}
    }
    Some(outcome.map_or_else(|refusal| refusal, |id| format!("250 Ok {id}")))
}

//! The TXT records of domains, asked of the system's name server or of the one that the settings name (RFC 1035).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

/// A name server that says nothing is given up after this.
const WITHIN: Duration = Duration::from_secs(3);
/// Where the system keeps who its name servers are.
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// Type and class of what is asked for: TXT, IN.
const QUESTION: [u8; 4] = [0, 16, 0, 1];
/// The longest answer by UDP that nobody has to announce.
const LONGEST: usize = 512;
/// The length of a head.
const HEAD: usize = 12;
/// The code of an answer that says that there is no such name.
const NO_SUCH_NAME: u8 = 3;

/// Asks a name server. Cheap to clone.
#[derive(Clone, Copy)]
pub struct Dns(Option<SocketAddr>);

impl Dns {
    /// The named server, or the first of the system.
    pub fn new(server: Option<SocketAddr>) -> Self {
        Self(server.or_else(of_the_system))
    }

    /// The TXT records at a name, each put together; `None` where nobody answers.
    pub async fn txt(&self, name: &str) -> Option<Vec<String>> {
        let server = self.0?;
        let question = question(name)?;
        match tokio::time::timeout(WITHIN, ask(server, &question)).await {
            Ok(Ok(answer)) => records(&question, &answer),
            Ok(Err(error)) => {
                tracing::info!(%error, name, "the name server could not be asked for {name}");
                None
            }
            Err(_) => {
                tracing::info!(name, "the name server did not answer for {name}");
                None
            }
        }
    }
}

fn of_the_system() -> Option<SocketAddr> {
    let text = std::fs::read_to_string(RESOLV_CONF).ok()?;
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .find_map(|address| Some(SocketAddr::new(address.trim().parse().ok()?, 53)))
}

/// A question with an id that nobody guesses, sent from a port that the system chooses.
fn question(name: &str) -> Option<Vec<u8>> {
    let mut question = rand::random::<u16>().to_be_bytes().to_vec();
    // One question; the server may ask others on our behalf.
    question.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|n| (1..64).contains(n))?;
        question.push(length);
        question.extend(label.as_bytes());
    }
    question.push(0);
    question.extend(QUESTION);
    Some(question).filter(|question| question.len() < HEAD + 260)
}

async fn ask(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let own = if server.is_ipv4() {
        "0.0.0.0:0"
    } else {
        "[::]:0"
    };
    let socket = UdpSocket::bind(own).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut answer = vec![0; LONGEST];
    loop {
        let length = socket.recv(&mut answer).await?;
        // What somebody else made up does not bear our id.
        if length >= HEAD && answer[..2] == question[..2] {
            answer.truncate(length);
            break;
        }
    }
    let is_cut = answer[2] & 2 != 0;
    if is_cut {
        return ask_at_length(server, question).await;
    }
    Ok(answer)
}

/// By TCP, for an answer that UDP has no room for.
async fn ask_at_length(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(std::io::Error::other)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(question).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; length.into()];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// The texts of an answer to this question; `None` where it is none, or says that the server failed.
fn records(question: &[u8], answer: &[u8]) -> Option<Vec<String>> {
    let is_answer = answer.get(2)? & 0x80 != 0 && answer[..2] == question[..2];
    let asked = answer.get(HEAD..question.len())?;
    if !is_answer || !asked.eq_ignore_ascii_case(&question[HEAD..]) {
        return None;
    }
    match answer[3] & 15 {
        0 => {}
        NO_SUCH_NAME => return Some(Vec::new()),
        _ => return None,
    }
    let count = u16::from_be_bytes([answer[6], answer[7]]);
    let mut rest = answer.get(question.len()..)?;
    let mut texts = Vec::new();
    for _ in 0..count {
        let (kind, data, after) = record(rest)?;
        // On the way there may be aliases.
        if kind == QUESTION {
            texts.push(text(data)?);
        }
        rest = after;
    }
    Some(texts)
}

/// The type and class of a record, its data, and what comes after it.
fn record(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let head = after_name(bytes)?;
    let kind = head.get(..4)?.try_into().ok()?;
    let length = usize::from(u16::from_be_bytes(head.get(8..10)?.try_into().ok()?));
    let data = head.get(10..10 + length)?;
    Some((kind, data, &head[10 + length..]))
}

fn after_name(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        match *bytes.first()? {
            0 => return bytes.get(1..),
            // A pointer to a name that stood before ends this one.
            length if length >= 0xc0 => return bytes.get(2..),
            length => bytes = bytes.get(1 + usize::from(length)..)?,
        }
    }
}

/// A text is made of pieces of at most 255 bytes.
fn text(mut data: &[u8]) -> Option<String> {
    let mut text = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let (piece, after) = rest.split_at_checked((*length).into())?;
        text.extend(piece);
        data = after;
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(flags: [u8; 2], records_: &[&[u8]]) -> (Vec<u8>, Vec<u8>) {
        let question = question("_muster.acme.example").unwrap();
        let mut answer = question.clone();
        answer[2..4].copy_from_slice(&flags);
        answer[7] = u8::try_from(records_.len()).unwrap();
        for data in records_ {
            answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0]);
            answer.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
            answer.extend(*data);
        }
        (question, answer)
    }

    #[test]
    fn the_pieces_of_a_record_are_put_together() {
        let (question, answer) = answered([0x81, 0x80], &[b"\x03mus\x03ter", b"\x01x", b""]);
        let found = records(&question, &answer);
        assert_eq!(found.unwrap(), ["muster", "x", ""]);
    }

    #[test]
    fn no_such_name_is_an_answer_and_a_failure_is_none() {
        let (question, answer) = answered([0x81, 0x83], &[]);
        assert_eq!(records(&question, &answer), Some(Vec::new()));
        let (question, answer) = answered([0x81, 0x82], &[]);
        assert_eq!(records(&question, &answer), None);
    }

    #[test]
    fn an_answer_that_is_cut_mangled_or_to_another_question_says_nothing() {
        let (question, answer) = answered([0x81, 0x80], &[b"\x06muster"]);
        for length in 0..answer.len() {
            assert_eq!(records(&question, &answer[..length]), None, "{length}");
        }
        for at in [0, 2, HEAD, HEAD + 3] {
            let mut other = answer.clone();
            other[at] ^= 0x85;
            assert_eq!(records(&question, &other), None, "{at}");
        }
        let (question, answer) = answered([0x81, 0x80], &[b"\x09muster"]);
        assert_eq!(records(&question, &answer), None);
    }

    #[test]
    fn what_is_no_name_is_not_asked_for() {
        for wrong in ["", "a..b", &"a".repeat(64), &"a.".repeat(200)] {
            assert_eq!(question(wrong), None, "{wrong}");
        }
    }
}

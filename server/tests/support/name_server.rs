//! A name server on loopback, which knows the TXT records a test gives it. What is longer than UDP takes, it tells by TCP.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};

/// What stands at which name.
type Records = Arc<Mutex<HashMap<String, Vec<String>>>>;

/// A name server; it stops with the test.
pub struct NameServer {
    /// Where it listens.
    pub address: SocketAddr,
    records: Records,
}

impl NameServer {
    /// Knows nothing yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = UdpSocket::bind(address).await.unwrap();
        let records = Records::default();
        let known = records.clone();
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, asker)) = socket.recv_from(&mut question).await {
                let mut answer = answer(&known, &question[..length]);
                if answer.len() > 512 {
                    answer.truncate(length);
                    answer[2] |= 2;
                    answer[7] = 0;
                }
                socket.send_to(&answer, asker).await.unwrap();
            }
        });
        let known = records.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let length = stream.read_u16().await.unwrap();
                let mut question = vec![0; length.into()];
                stream.read_exact(&mut question).await.unwrap();
                let answer = answer(&known, &question);
                let length = u16::try_from(answer.len()).unwrap();
                stream.write_u16(length).await.unwrap();
                stream.write_all(&answer).await.unwrap();
            }
        });
        Self { address, records }
    }

    /// Adds a TXT record.
    pub fn says(&self, at: &str, text: &str) {
        let mut records = self.records.lock().unwrap();
        records
            .entry(at.to_owned())
            .or_default()
            .push(text.to_owned());
    }
}

fn answer(known: &Records, question: &[u8]) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut rest = &question[12..];
    while rest[0] != 0 {
        let (label, after) = rest[1..].split_at(rest[0].into());
        labels.push(String::from_utf8(label.to_vec()).unwrap());
        rest = after;
    }
    let texts = known.lock().unwrap().get(&labels.join(".")).cloned();
    let mut answer = question.to_vec();
    // An answer; the code 3 says that there is no such name.
    answer[2] = 0x81;
    answer[3] = if texts.is_some() { 0x80 } else { 0x83 };
    let texts = texts.unwrap_or_default();
    answer[7] = u8::try_from(texts.len()).unwrap();
    for text in texts {
        let pieces: Vec<u8> = text
            .as_bytes()
            .chunks(255)
            .flat_map(|piece| [&[u8::try_from(piece.len()).unwrap()], piece].concat())
            .collect();
        answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0]);
        answer.extend(u16::try_from(pieces.len()).unwrap().to_be_bytes());
        answer.extend(pieces);
    }
    answer
}

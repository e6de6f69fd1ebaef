//! A network of addresses, such as `10.0.0.0/8`.

use std::fmt;
use std::net::IpAddr;

/// A network: an address, or `address/bits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::try_from(text.as_str())
    }
}

impl TryFrom<&str> for Network {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is neither an address nor a network such as 10.0.0.0/8");
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most {
            Err(wrong())
        } else {
            Ok(Self { address, bits })
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Network {
    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                prefix(u128::from(u32::from(own)) << 96, self.bits)
                    == prefix(u128::from(u32::from(other)) << 96, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                prefix(own.into(), self.bits) == prefix(other.into(), self.bits)
            }
            _ => false,
        }
    }
}

fn prefix(address: u128, bits: u8) -> u128 {
    if bits == 0 {
        0
    } else {
        address >> (128 - u32::from(bits))
    }
}

//! The people an identity provider of the demo knows: invented lives of people who are long gone.

/// Somebody who can be pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Somebody {
    pub given: String,
    pub family: String,
    /// Before the `@` of their address.
    pub local: String,
    /// The groups they are in.
    pub groups: Vec<&'static str>,
}

impl Somebody {
    /// Somebody of these groups.
    pub fn new(given: &str, family: &str, local: &str, groups: &[&'static str]) -> Self {
        Self {
            given: given.to_owned(),
            family: family.to_owned(),
            local: local.to_owned(),
            groups: groups.to_vec(),
        }
    }

    /// What they sign in with.
    pub fn address(&self) -> String {
        format!("{}@{}", self.local, crate::demo::provider::DOMAIN)
    }

    /// What they are called.
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// The identity provider's own id for them.
    pub fn external_id(&self) -> String {
        format!("demo-{}", self.local)
    }
}

/// Given name, family name, and the group of everyone who can still join.
const NEW: [(&str, &str, &str); 18] = [
    ("Edith", "Clarke", "Engineering"),
    ("Claude", "Shannon", "Research"),
    ("Betty", "Holberton", "Engineering"),
    ("Lise", "Meitner", "Research"),
    ("Konrad", "Zuse", "Engineering"),
    ("Mary", "Somerville", "Research"),
    ("Jean", "Bartik", "Engineering"),
    ("Sophie", "Germain", "Research"),
    ("Dorothy", "Vaughan", "Engineering"),
    ("Rosalind", "Franklin", "Research"),
    ("Ida", "Rhodes", "Engineering"),
    ("Srinivasa", "Ramanujan", "Research"),
    ("Kathleen", "Booth", "Engineering"),
    ("Caroline", "Herschel", "Research"),
    ("Percy", "Julian", "Research"),
    ("Mary", "Jackson", "Engineering"),
    ("Christopher", "Strachey", "Engineering"),
    ("Inge", "Lehmann", "Research"),
];

/// Who joins next. There is always somebody: after the last, namesakes of the first.
pub fn joiner(number: usize) -> Somebody {
    let (given, family, group) = NEW[number % NEW.len()];
    let local = format!("{}.{}", given.to_lowercase(), family.to_lowercase());
    match number / NEW.len() {
        0 => Somebody::new(given, family, &local, &[group]),
        again => {
            let family = format!("{family} ({})", again + 1);
            Somebody::new(given, &family, &format!("{local}.{}", again + 1), &[group])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_joins_twice_under_one_address() {
        let mut addresses: Vec<String> = (0..100).map(|number| joiner(number).address()).collect();
        addresses.sort();
        addresses.dedup();
        assert_eq!(addresses.len(), 100);
        assert_eq!(joiner(0).address(), "edith.clarke@acme.example");
        assert_eq!(joiner(18).name(), "Edith Clarke (2)");
    }
}

//! The folder of a deployment: its secrets, readable by their owner alone, and the lock on a SQLite file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use directory::secret::Secrets;
use directory::store::db::Db;
use directory::store::settings;

use crate::config::Config;

/// The setting of the database that tells its secrets from others.
pub const FINGERPRINT: &str = "secrets_fingerprint";
/// Whoever else can read a file: its group, and everyone.
const OTHERS: u32 = 0o077;

/// The folder, held while the server runs.
pub struct Data {
    secrets: PathBuf,
    _lock: Option<File>,
}

impl Data {
    /// Makes the folder where it is missing. A SQLite file that another server uses is refused (B-125).
    ///
    /// # Errors
    /// One line that says why not.
    pub fn open(config: &Config) -> Result<Self, String> {
        let folder = &config.data_dir;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
        let database = sqlite_path(&config.database_url());
        if let Some(kind) = database.as_deref().and_then(network_kind) {
            return Err(format!(
                "a SQLite database cannot lie on a network file system ({kind}): its locks do not hold there"
            ));
        }
        let lock = database.as_deref().map(lock).transpose()?;
        Ok(Self {
            secrets: folder.join("secrets.toml"),
            _lock: lock,
        })
    }

    /// The secrets this database was set up with; new ones for a new database alone.
    ///
    /// # Errors
    /// Where they are missing, are others, or can be read by others.
    pub async fn secrets(&self, config: &Config, db: &Db) -> Result<Secrets, String> {
        let of = |error: directory::Error| format!("the database cannot be used: {error}");
        let mut tx = db.write().await.map_err(of)?;
        let known = settings::get(&mut tx, FINGERPRINT).await.map_err(of)?;
        let secrets = match (self.secrets.exists(), &known) {
            (true, _) => read(&self.secrets)?,
            (false, None) => make(&self.secrets)?,
            (false, Some(_)) => return Err(other_secrets(config)),
        };
        // Of two servers that set up one database at once, the second finds the fingerprint of the first.
        let kept = settings::hold(&mut tx, FINGERPRINT, &secrets.fingerprint())
            .await
            .map_err(of)?;
        tx.commit().await.map_err(of)?;
        if kept == secrets.fingerprint() {
            Ok(secrets)
        } else {
            Err(other_secrets(config))
        }
    }
}

/// The secrets a database was set up with, for whoever only looks: nothing is made, and no lock is taken.
///
/// # Errors
/// Where they are missing, are others, or can be read by others; and for a database that no server has set up.
pub async fn known_secrets(config: &Config, db: &Db) -> Result<Secrets, String> {
    let of = |error: directory::Error| format!("the database cannot be used: {error}");
    let secrets = read(&config.data_dir.join("secrets.toml"))?;
    let mut tx = db.read().await.map_err(of)?;
    let known = settings::get(&mut tx, FINGERPRINT).await.map_err(of)?;
    match known {
        Some(known) if known == secrets.fingerprint() => Ok(secrets),
        Some(_) => Err(other_secrets(config)),
        None => Err(
            "No server has set up this database: name the one that muster serve uses (--database-url, --data-dir)"
                .to_owned(),
        ),
    }
}

fn other_secrets(config: &Config) -> String {
    let folder = config.data_dir.display();
    format!(
        "This database was set up with other secrets; copy the secrets file from the first server or name it ({folder}/secrets.toml, --data-dir)"
    )
}

/// The file of a `sqlite:` address.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// The kind of network file system a path lies on; none where it lies on a disk, or where nobody says (SEC-3).
fn network_kind(path: &Path) -> Option<String> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder = folder.canonicalize().ok()?;
    network_mount(&std::fs::read_to_string("/proc/self/mounts").ok()?, &folder)
}

fn network_mount(mounts: &str, folder: &Path) -> Option<String> {
    let network = [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "ceph",
        "glusterfs",
        "fuse.sshfs",
        "fuse.glusterfs",
    ];
    let (_, kind) = mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            Some((words.next()?, words.next()?))
        })
        .filter(|(place, _)| folder.starts_with(place))
        // Of two mounts at one place the later one is seen.
        .max_by_key(|(place, _)| place.len())?;
    network.contains(&kind).then(|| kind.to_owned())
}

fn lock(database: &Path) -> Result<File, String> {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    let cannot = |error: std::io::Error| {
        format!(
            "the database {} cannot be used: {error}",
            database.display()
        )
    };
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&name)
        .map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(format!(
            "another server uses the database {}",
            database.display()
        )),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
    }
}

fn read(path: &Path) -> Result<Secrets, String> {
    let text = read_private(path)?;
    Secrets::from_text(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of a file that only its owner can read (SEC-3).
///
/// # Errors
/// Where it cannot be read, or others could read it too.
pub fn read_private(path: &Path) -> Result<String, String> {
    let cannot = |error: std::io::Error| format!("{} cannot be read: {error}", path.display());
    let file = File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.mode() & OTHERS != 0 {
        return Err(format!(
            "{} can be read by others: chmod 600 it",
            path.display()
        ));
    }
    std::io::read_to_string(file).map_err(cannot)
}

fn make(path: &Path) -> Result<Secrets, String> {
    let secrets = Secrets::generate();
    write_private(path, &secrets.to_text())?;
    Ok(secrets)
}

/// Writes a file that only its owner can read: a new one beside the target, no link followed, on the disk before it
/// takes the target's name.
///
/// # Errors
/// Where it cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    let name = path
        .file_name()
        .ok_or_else(|| format!("{} is no file", path.display()))?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let beside = folder.join(format!(
        ".{}.{:016x}",
        name.to_string_lossy(),
        rand::random::<u64>()
    ));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(cannot)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&beside, path))
        .and_then(|()| File::open(folder)?.sync_all());
    if written.is_err() {
        // What could not take the target's name is of no use; the reason of the failure is what is told.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_file_system_is_known_by_the_mount_nearest_to_the_file() {
        let mounts = "/dev/sda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/sdb /home/local xfs rw 0 0\n";
        let kind = |folder: &str| network_mount(mounts, Path::new(folder));
        assert_eq!(kind("/var/lib/muster"), None);
        assert_eq!(kind("/home/ada/data"), Some("nfs4".to_owned()));
        assert_eq!(kind("/home/local/data"), None);
        assert_eq!(kind("/homes"), None);
    }
}

//! Passwords of accounts: made here, 256 random bits, kept as SHA-256.
//!
//! Slow hashes protect passwords that can be guessed. These cannot, so a check costs one SHA-256 and nothing is cached.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::database::{failed, text};
use super::{Taxii, sql};
use crate::error::StoreError;

/// Random bytes of a password.
pub const SECRET_BYTES: usize = 32;

/// A password that was just made.
pub struct Secret(String);

impl Secret {
    /// The password of these random bytes.
    #[must_use]
    pub fn of(random: [u8; SECRET_BYTES]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// The text to hand over, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn digest(password: &str) -> String {
    hex::encode(Sha256::digest(format!(
        "solferino.org/taxii-password@v1\n{password}"
    )))
}

impl Taxii {
    /// Gives a member an account, or a new password in place of the present one.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn set_account(
        &self,
        member: &str,
        secret: &Secret,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut writing = self.begin().await?;
        let put = sqlx::query(sql::PUT_ACCOUNT)
            .bind(member.to_owned())
            .bind(digest(secret.reveal()))
            .bind(now)
            .execute(writing.connection())
            .await;
        writing.end(put).await.map(|_| ())
    }

    /// Whether this is the password of the member's account. Digests of unguessable texts are compared, so the time it takes
    /// tells nothing.
    ///
    /// # Errors
    /// [`StoreError::Taxii`].
    pub async fn is_password(&self, member: &str, password: &str) -> Result<bool, StoreError> {
        let row = sqlx::query(sql::ACCOUNT).bind(member.to_owned());
        let row = row.fetch_optional(&self.readers).await.map_err(failed)?;
        match row {
            None => Ok(false),
            Some(row) => Ok(text(&row, 0)? == digest(password)),
        }
    }
}

//! Token buckets: how often one client, and all together, may ask. Time is an argument.

use std::collections::HashMap;
use std::net::IpAddr;

/// A bucket's size and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests that may come at once.
    pub burst: u32,
    /// Requests per second in the long run; at least 1.
    pub per_second: u32,
}

impl Rate {
    /// A rate; zero is raised to one, for a bucket that never fills would shut everybody out.
    #[must_use]
    pub const fn new(burst: u32, per_second: u32) -> Self {
        Self {
            burst: if burst == 0 { 1 } else { burst },
            per_second: if per_second == 0 { 1 } else { per_second },
        }
    }
}

/// Tokens in thousandths, so that integers suffice.
const TOKEN: u64 = 1_000;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    rate: Rate,
    millitokens: u64,
    at_ms: u64,
}

impl Bucket {
    fn full(rate: Rate, now_ms: u64) -> Self {
        let millitokens = u64::from(rate.burst) * TOKEN;
        Self {
            rate,
            millitokens,
            at_ms: now_ms,
        }
    }

    fn fill(&mut self, now_ms: u64) {
        let passed = now_ms.saturating_sub(self.at_ms);
        let gained = passed.saturating_mul(u64::from(self.rate.per_second));
        let most = u64::from(self.rate.burst) * TOKEN;
        self.millitokens = self.millitokens.saturating_add(gained).min(most);
        self.at_ms = self.at_ms.max(now_ms);
    }

    fn is_full(&self) -> bool {
        self.millitokens >= u64::from(self.rate.burst) * TOKEN
    }

    /// Seconds until a token is there; nothing if one is.
    fn wait_s(&self) -> Option<u64> {
        let missing = TOKEN.saturating_sub(self.millitokens);
        let per_second = u64::from(self.rate.per_second) * TOKEN;
        (missing > 0).then(|| missing.div_ceil(per_second).max(1))
    }

    fn take(&mut self) {
        self.millitokens = self.millitokens.saturating_sub(TOKEN);
    }
}

/// Buckets of clients and of all together; at most `max_clients` are kept.
#[derive(Debug)]
pub struct Limiter {
    client_rate: Rate,
    all: Bucket,
    clients: HashMap<IpAddr, Bucket>,
    others: Bucket,
    max_clients: usize,
}

impl Limiter {
    /// A limiter whose buckets are full.
    #[must_use]
    pub fn new(client: Rate, all: Rate, max_clients: usize) -> Self {
        Self {
            client_rate: client,
            all: Bucket::full(all, 0),
            clients: HashMap::new(),
            others: Bucket::full(client, 0),
            max_clients,
        }
    }

    /// Lets a request through or says after how many seconds to come back. A refused request
    /// costs nothing. Time in milliseconds; going backwards counts as standing still.
    ///
    /// # Errors
    /// Seconds to wait, at least 1.
    pub fn check(&mut self, client: IpAddr, now_ms: u64) -> Result<(), u64> {
        let client = network(client);
        self.all.fill(now_ms);
        if let Some(wait) = self.all.wait_s() {
            return Err(wait);
        }
        if !self.clients.contains_key(&client) && self.clients.len() >= self.max_clients {
            self.forget_idle(now_ms);
        }
        let room = self.clients.len() < self.max_clients;
        let bucket = if room || self.clients.contains_key(&client) {
            let full = Bucket::full(self.client_rate, now_ms);
            self.clients.entry(client).or_insert(full)
        } else {
            &mut self.others
        };
        bucket.fill(now_ms);
        if let Some(wait) = bucket.wait_s() {
            return Err(wait);
        }
        bucket.take();
        self.all.take();
        Ok(())
    }

    /// Clients kept at present.
    #[must_use]
    pub fn tracked(&self) -> usize {
        self.clients.len()
    }

    /// A bucket that is full again says nothing a fresh one would not.
    fn forget_idle(&mut self, now_ms: u64) {
        self.clients.retain(|_, bucket| {
            bucket.fill(now_ms);
            !bucket.is_full()
        });
    }
}

/// What counts as one client: an IPv4 address, or the /64 an IPv6 subscriber gets.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let prefix = u128::from(v6) & !u128::from(u64::MAX);
            IpAddr::V6(prefix.into())
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::{IpAddr, Limiter, Rate};

    const A: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const B: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn limiter(client: Rate, all: Rate) -> Limiter {
        Limiter::new(client, all, 2)
    }

    #[test]
    fn a_burst_passes_and_the_next_waits_until_a_token_is_back() {
        let mut l = limiter(Rate::new(2, 1), Rate::new(100, 100));
        assert_eq!(
            [l.check(A, 0), l.check(A, 0), l.check(A, 0)],
            [Ok(()), Ok(()), Err(1)]
        );
        assert_eq!(l.check(B, 0), Ok(()));
        assert_eq!([l.check(A, 999), l.check(A, 1_000)], [Err(1), Ok(())]);
    }

    #[test]
    fn all_together_are_limited_whoever_asks() {
        let mut l = limiter(Rate::new(9, 9), Rate::new(2, 1));
        assert_eq!(
            [l.check(A, 0), l.check(B, 0), l.check(A, 0)],
            [Ok(()), Ok(()), Err(1)]
        );
    }

    #[test]
    fn memory_is_bounded_and_idle_clients_are_forgotten() {
        let mut l = limiter(Rate::new(1, 1), Rate::new(1_000, 1_000));
        for n in 0..10u32 {
            let _ = l.check(IpAddr::V4(n.into()), 0);
            assert!(l.tracked() <= 2);
        }
        // Two have buckets of their own, the others share one token.
        let passed = (10..20u32)
            .filter(|n| l.check(IpAddr::V4((*n).into()), 0).is_ok())
            .count();
        assert_eq!(passed, 0);
        assert_eq!(l.check(A, 60_000), Ok(()));
        assert_eq!(l.tracked(), 1);
    }

    #[test]
    fn time_going_backwards_gives_nothing() {
        let mut l = limiter(Rate::new(1, 1), Rate::new(10, 10));
        assert_eq!(
            [l.check(A, 5_000), l.check(A, 1_000), l.check(A, 5_999)],
            [Ok(()), Err(1), Err(1)]
        );
        assert_eq!(l.check(A, 6_000), Ok(()));
    }

    #[test]
    fn one_ipv6_subscriber_is_one_client() {
        let mut l = limiter(Rate::new(1, 1), Rate::new(10, 10));
        let (one, same, mapped): (IpAddr, IpAddr, IpAddr) = (
            "2001:db8::1".parse().unwrap(),
            "2001:db8::ffff:2".parse().unwrap(),
            "::ffff:192.0.2.1".parse().unwrap(),
        );
        assert_eq!([l.check(one, 0), l.check(same, 0)], [Ok(()), Err(1)]);
        assert_eq!([l.check(mapped, 0), l.check(A, 0)], [Ok(()), Err(1)]);
    }
}

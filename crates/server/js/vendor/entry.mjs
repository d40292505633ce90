// What the pages of the desk need of others' libraries, and no more.
export { Decrypter, Encrypter, identityToRecipient } from "age-encryption";
export { ed25519 } from "@noble/curves/ed25519.js";
export { sha256 } from "@noble/hashes/sha2.js";
export { bech32 } from "@scure/base";
export { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
export { wordlist } from "@scure/bip39/wordlists/english.js";

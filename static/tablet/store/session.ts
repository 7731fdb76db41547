// Who works on this tablet, and whether their vault is open. The key lives here and nowhere else, cannot be
// exported, and is dropped by lock(). Nothing in this file ever deletes a draft or an outbox record.
import { randomBytes, owned, type Bytes } from "./bytes.ts";
import { TabletDatabase, type AccountRow } from "./database.ts";
import {
  importKey,
  ITERATIONS,
  PASSPHRASE_LENGTH,
  PIN_LENGTH,
  seal,
  sealJson,
  stretch,
  unseal,
  unsealJson,
  unwrap,
  wrap,
  WrongSecret,
  type Sealed,
} from "./vault.ts";

const PIN_TRIES = 5;

export class VaultLocked extends Error {
  override name = "VaultLocked";
}

export class TooShort extends Error {
  override name = "TooShort";
}

interface ArmedPin {
  salt: Bytes;
  iterations: number;
  wrapped: Sealed; // the vault's key under the PIN: in memory only
  tries_left: number;
}

export interface Person {
  username: string;
  display_name: string;
}

export class Session {
  readonly database: TabletDatabase;
  readonly iterations: number;
  account: AccountRow | null = null;
  #key: CryptoKey | null = null;
  #pin: ArmedPin | null = null;
  #token = ""; // stays after lock(), so that the outbox empties while the tablet lies on the table
  #listeners = new Set<() => void>();

  constructor(database: TabletDatabase, iterations = ITERATIONS) {
    this.database = database;
    this.iterations = iterations;
  }

  get isUnlocked(): boolean {
    return this.#key !== null;
  }

  get hasPin(): boolean {
    return this.#pin !== null;
  }

  get pinTriesLeft(): number {
    return this.#pin?.tries_left ?? 0;
  }

  /** The token of the open account, "" when nobody has opened a vault since the page was loaded. */
  get token(): string {
    return this.#token;
  }

  get key(): CryptoKey {
    if (!this.#key) throw new VaultLocked();
    return this.#key;
  }

  get owner(): AccountRow {
    if (!this.account) throw new VaultLocked();
    return this.account;
  }

  /** Told after every opening, locking and change of token. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  listAccounts(): Promise<AccountRow[]> {
    return this.database.accounts.orderBy("username").toArray();
  }

  accountOf(username: string): Promise<AccountRow | undefined> {
    return this.database.accounts.get({ username });
  }

  /** Make an account of this tablet, or give a known one a new vault when its passphrase is forgotten. */
  async makeVault(person: Person, passphrase: string, pin: string): Promise<void> {
    requireLengths(passphrase, pin);
    const known = await this.accountOf(person.username);
    const id = known?.id ?? crypto.randomUUID();
    const raw = randomBytes(32);
    const wrapped = await wrap(raw, passphrase, `vault ${id}`, this.iterations);
    const row: AccountRow = { id, ...person, wrapped, made_at: new Date().toISOString() };
    if (known) await this.#strand(id);
    await this.database.accounts.put(row);
    await this.#open(row, raw);
    await this.#keepPin(raw, pin);
  }

  /** What only the old vault could read goes; drafts keep their recovery copy, the outbox loses nothing. */
  async #strand(account: string): Promise<void> {
    const { database } = this;
    const tables = [database.secrets, database.packs, database.parts, database.forms, database.photos, database.visits];
    await database.transaction("rw", [...tables, database.drafts], async () => {
      for (const table of tables) await table.where("account").equals(account).delete();
      await database.drafts.where("account").equals(account).modify({ is_stranded: true });
    });
  }

  /** Throws WrongSecret. A wrong passphrase changes nothing, however often it is tried. */
  async openVault(account: AccountRow, passphrase: string): Promise<void> {
    const raw = await unwrap(account.wrapped, passphrase, `vault ${account.id}`);
    await this.#open(account, raw);
    const kept = await this.secret<{ salt: number[]; key: number[]; iterations: number }>("pin");
    if (kept) await this.#armPin(raw, Uint8Array.from(kept.salt), Uint8Array.from(kept.key), kept.iterations);
    raw.fill(0);
    this.#tell();
  }

  /** Open again what this page locked. Throws WrongSecret; after five of them only the passphrase opens. */
  async openWithPin(pin: string): Promise<void> {
    const armed = this.#pin;
    if (!armed || !this.account) throw new WrongSecret("no PIN");
    armed.tries_left -= 1; // counted before the slow part: two guesses at once are two guesses
    try {
      const key = await importKey(await stretch(pin, armed.salt, armed.iterations));
      const raw = await unseal(key, armed.wrapped, `pin ${this.account.id}`);
      this.#key = await importKey(raw);
      raw.fill(0);
      armed.tries_left = PIN_TRIES;
    } catch (error) {
      if (armed.tries_left <= 0) this.#pin = null;
      this.#tell();
      throw error;
    }
    this.#tell();
  }

  async changePin(passphrase: string, pin: string): Promise<void> {
    if (!isPin(pin)) throw new TooShort();
    const raw = await unwrap(this.owner.wrapped, passphrase, `vault ${this.owner.id}`);
    await this.#keepPin(raw, pin);
  }

  async changePassphrase(old: string, passphrase: string): Promise<void> {
    if (passphrase.length < PASSPHRASE_LENGTH) throw new TooShort();
    const raw = await unwrap(this.owner.wrapped, old, `vault ${this.owner.id}`);
    const row = { ...this.owner, wrapped: await wrap(raw, passphrase, `vault ${this.owner.id}`, this.iterations) };
    raw.fill(0);
    await this.database.accounts.put(row);
    this.account = row;
  }

  /** Drop the key. The PIN opens again as long as this page lives; leaving the account needs the passphrase. */
  lock(): void {
    this.#key = null;
    this.#tell();
  }

  leave(): void {
    this.#key = this.#pin = this.account = null;
    this.#token = "";
    this.#tell();
  }

  async secret<Value>(name: string): Promise<Value | undefined> {
    const key = `${this.owner.id}/${name}`;
    const row = await this.database.secrets.get(key);
    return row && unsealJson<Value>(this.key, row.body, key);
  }

  async keepSecret(name: string, value: unknown): Promise<void> {
    const account = this.owner.id;
    const key = `${account}/${name}`;
    await this.database.secrets.put({ key, account, body: await sealJson(this.key, value, key) });
  }

  async keepToken(token: string): Promise<void> {
    await this.keepSecret("token", token);
    this.#token = token;
    this.#tell();
  }

  async #open(account: AccountRow, raw: Bytes): Promise<void> {
    this.account = account;
    this.#key = await importKey(raw);
    this.#pin = null;
    this.#token = (await this.secret<string>("token")) ?? "";
  }

  async #keepPin(raw: Bytes, pin: string): Promise<void> {
    const salt = randomBytes(16);
    const key = await stretch(pin, salt, this.iterations);
    await this.keepSecret("pin", { salt: [...salt], key: [...key], iterations: this.iterations });
    await this.#armPin(raw, salt, key, this.iterations);
    raw.fill(0);
    this.#tell();
  }

  async #armPin(raw: Bytes, salt: Bytes, key: Bytes, iterations: number): Promise<void> {
    const wrapped = await seal(await importKey(key), owned(raw), `pin ${this.owner.id}`);
    this.#pin = { salt, iterations, wrapped, tries_left: PIN_TRIES };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function requireLengths(passphrase: string, pin: string): void {
  if (passphrase.length < PASSPHRASE_LENGTH || !isPin(pin)) throw new TooShort();
}

export function isPin(text: string): boolean {
  return new RegExp(`^\\d{${PIN_LENGTH}}$`).test(text);
}

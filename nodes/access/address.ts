import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Programs in front whose `X-Forwarded-For` is believed. Anybody else could write there what they like. */
export class Proxies {
  readonly #list = new BlockList();

  /** @param addresses `192.168.1.2` or `172.16.0.0/12`; one on this machine is believed anyway */
  constructor(addresses: readonly string[] = []) {
    this.#list.addSubnet('127.0.0.0', 8, 'ipv4');
    this.#list.addAddress('::1', 'ipv6');
    for (const one of addresses) {
      const [address = '', bits] = one.split('/');
      const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#list.addAddress(address, kind);
      else this.#list.addSubnet(address, Number(bits), kind);
    }
  }

  has(address: string): boolean {
    return this.#list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
}

/**
 * Whom to slow down, and whom to name in the log.
 * @param proxies undefined: nobody stands in front
 */
export function addressOf({ socket, headers }: IncomingMessage, proxies?: Proxies): string {
  const peer = plain(socket.remoteAddress ?? '');
  if (!proxies?.has(peer)) return network(peer);
  // the last one was written by the proxy itself, what is before it by whoever asked
  const told = plain(
    String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '',
  );
  return network(isIP(told) ? told : peer);
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=[\d.]+$)/, '');
}

/** A whole /64 of IPv6 belongs to one. */
function network(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::').map((part) => part.split(':').filter(Boolean));
  const groups =
    tail === undefined ? [...head] : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.slice(0, 4).join(':');
}

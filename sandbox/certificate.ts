import { generateKeyPairSync, sign } from 'node:crypto'

/* A certificate for localhost that signs itself, made anew each time: no key lies in the repository. */

function der(tag: number, ...parts: (Buffer | number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const SEQUENCE = 0x30
const sequence = (...parts: (Buffer | number[])[]) => der(SEQUENCE, ...parts)
const TRUE = [0x01, 0x01, 0xff]
const COMMON_NAME = [0x06, 0x03, 0x55, 0x04, 0x03]
const ALTERNATIVE_NAMES = [0x06, 0x03, 0x55, 0x1d, 0x11]
const CONSTRAINTS = [0x06, 0x03, 0x55, 0x1d, 0x13]
const ECDSA_SHA256 = sequence([0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])
const DAY = 86_400_000

const utc = (time: number) =>
  der(0x17, Buffer.from(`${new Date(time).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))

/** The certificate and its key, in PEM. */
export function makeCertificate(): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from('localhost')))))
  const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, [127, 0, 0, 1]))
  const extensions = sequence(
    sequence(ALTERNATIVE_NAMES, der(0x04, names)),
    sequence(CONSTRAINTS, TRUE, der(0x04, sequence(TRUE))),
  )
  const body = sequence(
    der(0xa0, der(0x02, [2])),
    der(0x02, [1]),
    ECDSA_SHA256,
    name,
    sequence(utc(Date.now() - DAY), utc(Date.now() + DAY)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  )
  const certificate = sequence(body, ECDSA_SHA256, der(0x03, [0], sign('sha256', body, privateKey)))
  const lines = certificate.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

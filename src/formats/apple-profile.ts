import { createHash } from 'node:crypto';
import { forXml } from '../platform/escape.ts';

/** A root as a profile of an Apple device has it. */
export interface ProfileRoot {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly name: string;
}

/**
 * A configuration profile (`.mobileconfig`) that brings roots to iPhones, iPads and Macs. Every identifier in it comes
 * from the fingerprints, so that installing it again replaces what is there instead of adding to it.
 */
export function appleProfile(title: string, roots: readonly ProfileRoot[]): string {
  const id = roots.map(({ sha256 }) => sha256).join(' ');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>PayloadType</key>
	<string>Configuration</string>
	<key>PayloadVersion</key>
	<integer>1</integer>
	<key>PayloadIdentifier</key>
	<string>${IDENTIFIER}.${tag(roots[0])}</string>
	<key>PayloadUUID</key>
	<string>${uuid(`profile ${id}`)}</string>
	<key>PayloadDisplayName</key>
	<string>${forXml(title)}</string>
	<key>PayloadDescription</key>
	<string>For development only. Trust it under General, About, Certificate Trust Settings.</string>
	<key>PayloadRemovalDisallowed</key>
	<false/>
	<key>PayloadContent</key>
	<array>
${roots.map(payload).join('\n')}
	</array>
</dict>
</plist>
`;
}

const IDENTIFIER = 'dev.devca.root';

const tag = (root: ProfileRoot | undefined): string => root?.sha256.slice(0, 16) ?? '';

function payload(root: ProfileRoot): string {
  return `		<dict>
			<key>PayloadType</key>
			<string>com.apple.security.root</string>
			<key>PayloadVersion</key>
			<integer>1</integer>
			<key>PayloadIdentifier</key>
			<string>${IDENTIFIER}.${tag(root)}.certificate</string>
			<key>PayloadUUID</key>
			<string>${uuid(`root ${root.sha256}`)}</string>
			<key>PayloadDisplayName</key>
			<string>${forXml(root.name)}</string>
			<key>PayloadDescription</key>
			<string>SHA-256 ${forXml(root.sha256)}</string>
			<key>PayloadCertificateFileName</key>
			<string>devca-${tag(root)}.crt</string>
			<key>PayloadContent</key>
			<data>${Buffer.from(root.certificate).toString('base64')}</data>
		</dict>`;
}

/** RFC 9562 section 5.8: a version of one's own, here the beginning of a hash. */
function uuid(name: string): string {
  const bytes = createHash('sha256').update(`devca ${name}`).digest().subarray(0, 16);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex').toUpperCase();
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Where the key of an authority is, for people. */
export const KEY_PLACES: Readonly<Record<string, string>> = {
  discard: 'destroyed after it signed the intermediate',
  none: 'not with devca',
  file: 'in a file for you alone',
  keychain: 'in a file that a key in the keychain opens',
  passphrase: 'in a file that a passphrase opens',
};

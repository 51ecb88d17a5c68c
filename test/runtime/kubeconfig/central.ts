/** The entry that the tests of the document merge. */
export const central = {
  location: 'central',
  user: 'user00',
  server: 'https://10.0.0.1:443',
  certificateAuthorityData: 'Q0E=',
  token: 'new.token-1_2',
};

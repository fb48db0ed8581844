/** What to do where the server cannot listen, by the code of Node; null: that is not known. */
export function explainListen(code: string, host: string, port: number): string | null {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken; set PORT to another`;
    case 'EACCES':
      return `port ${port} may not be opened by this user; set PORT to 1024 or more`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine; set HOST to one, or to 0.0.0.0 for all`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `${host} is not known; set HOST to an address of this machine, or to 0.0.0.0 for all`;
    default:
      return null;
  }
}

/** The methods that CCF's HTTP parser (llhttp) knows, in the order of their numbers there, in which CCF also lists them. */
export const METHODS = [
  ..."DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK".split(
    " ",
  ),
  ..."BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE".split(
    " ",
  ),
  ..."PATCH PURGE MKCALENDAR LINK UNLINK SOURCE PRI DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN".split(" "),
  ..."GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH QUERY".split(" "),
] as const;

/** For sorting methods as CCF does. */
export function methodOrder(method: string): number {
  return METHODS.indexOf(method);
}

import { userCertificates, users as userInfos } from "../../src/governance/tables.js";
import { setUser, setUserData, userById } from "../../src/schemas/actions/users.js";
import { action } from "../action.js";
import { requireCertificate } from "../certificates.js";
import type { Circumstances } from "../circumstances.js";

const set_user = action({
  arguments: setUser,
  check: ({ cert }) => requireCertificate(cert, "cert"),
  apply({ cert, user_data }) {
    const id = ccf.pemToId(cert);
    userCertificates().set(id, cert);
    writeData(id, user_data);
  },
});

const remove_user = action({
  arguments: userById,
  check: ({ user_id }) => requireUser(user_id),
  apply({ user_id }) {
    userCertificates().delete(user_id);
    userInfos().delete(user_id);
  },
});

const set_user_data = action({
  arguments: setUserData,
  check: ({ user_id }, given) => requireUser(user_id, given),
  apply: ({ user_id, user_data }) => writeData(user_id, user_data),
});

function requireUser(id: string, given?: Circumstances): void {
  const isNew = given?.earlier("set_user", setUser).some(({ cert }) => ccf.pemToId(cert) === id) ?? false;
  if (!isNew && !userCertificates().has(id)) throw new Error(`there is no user ${id}`);
}

function writeData(id: string, data: object | undefined): void {
  if (data === undefined) userInfos().delete(id);
  else userInfos().set(id, { user_data: data });
}

export const users = { set_user, remove_user, set_user_data };

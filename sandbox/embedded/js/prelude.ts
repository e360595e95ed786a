/**
 * What the host needs done inside an interpreter: conversions by the rules of the language, a look at a response, the
 * objects that only guest code can make. It is evaluated before any other code, keeps the built-in functions it uses,
 * and is never reachable from the guest's globals.
 */
export const PRELUDE = String.raw`(() => {
  "use strict";
  const { stringify, parse } = JSON;
  const { isView } = ArrayBuffer;
  const { apply, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;
  const { keys } = Object;
  const classText = Object.prototype.toString;
  const symbolText = String;
  const { concat } = String.prototype;
  const OwnProxy = Proxy, OwnSet = Set, OwnTypeError = TypeError;
  const getter = (object, name) => getOwnPropertyDescriptor(object, name).get;
  const fileOf = getter(Function.prototype, "fileName");
  const ofTypedArrays = getPrototypeOf(Uint8Array).prototype;
  const viewed = [getter(ofTypedArrays, "buffer"), getter(ofTypedArrays, "byteOffset"), getter(ofTypedArrays, "byteLength")];
  const { slice } = ArrayBuffer.prototype;
  const sharedSlice = SharedArrayBuffer.prototype.slice;

  const attempt = (action) => {
    try { return { value: action() }; } catch (thrown) { return { thrown }; }
  };
  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const toText = (value) => apply(concat, "", [value]);
  const isError = (value) => isObject(value) && attempt(() => apply(classText, value, [])).value === "[object Error]";
  const asText = (value) => attempt(() => toText(value)).value;

  /** The bytes of an ArrayBuffer, a SharedArrayBuffer or a typed array; undefined of anything else. */
  const bytesOf = (value) => attempt(() => {
    if (isView(value)) {
      const [buffer, offset, length] = [apply(viewed[0], value, []), apply(viewed[1], value, []), apply(viewed[2], value, [])];
      return apply(slice, buffer, [offset, offset + length]);
    }
    return attempt(() => apply(slice, value, [0])).value ?? apply(sharedSlice, value, [0]);
  }).value;

  /** [reason, trace] */
  const explain = (thrown) => {
    const ours = isError(thrown);
    const reason = isObject(thrown) && !ours ? attempt(() => asText(stringify(thrown))).value : asText(thrown);
    const trace = ours ? attempt(() => (thrown.stack === undefined ? undefined : asText(thrown.stack))).value : undefined;
    return [reason ?? "", trace];
  };

  const bodyOf = (response) => {
    const { value: body, thrown } = attempt(() => ({ of: response.body }));
    if (thrown !== undefined) return { failed: explain(new OwnTypeError("ArrayBuffer object expected")) };
    if (body.of === undefined) return {};
    const bytes = isObject(body.of) ? bytesOf(body.of) : undefined;
    if (bytes !== undefined) return { bytes };
    if (typeof body.of === "string") return { text: body.of };
    const json = attempt(() => stringify(body.of));
    return "thrown" in json ? { failed: explain(json.thrown) } : { json: json.value === undefined ? "undefined" : json.value };
  };

  const headersOf = (response) => {
    const headers = attempt(() => response.headers).value;
    if (!isObject(headers)) return [];
    const found = [];
    for (const name of keys(headers)) {
      const value = attempt(() => headers[name]);
      const text = "thrown" in value ? undefined : asText(value.value);
      if (text === undefined) return undefined;
      found[found.length] = [name, text];
    }
    return found;
  };

  /** Functions that take the place of built-in ones, and look like them. */
  const replaceBuiltIns = (object, functions) => {
    for (const name of keys(functions)) defineProperty(object, name, { value: functions[name] });
  };

  let keepsText = true;
  const { toString: textOfFunction } = Function.prototype;
  const KINDS = { GeneratorFunction: "function *", AsyncFunction: "async function ", AsyncGeneratorFunction: "async function *" };
  replaceBuiltIns(Function.prototype, {
    toString() {
      const text = apply(textOfFunction, this, []);
      if (keepsText && apply(fileOf, this, []) !== "prelude") return text;
      return (KINDS[this[Symbol.toStringTag]] ?? "function ") + this.name + "() {\n    [native code]\n}";
    },
  });

  /** What is an entry of tables is described as not configurable, which no proxy may say of what its target lacks. */
  const tablesObjects = new WeakSet();
  const { has: isAmong } = WeakSet.prototype;
  const describe = (object, key) => {
    const described = getOwnPropertyDescriptor(object, key);
    if (described && apply(isAmong, tablesObjects, [object])) described.configurable = false;
    return described;
  };
  replaceBuiltIns(Object, { getOwnPropertyDescriptor(object, key) { return describe(object, key); } });
  replaceBuiltIns(Reflect, { getOwnPropertyDescriptor(object, key) { return describe(object, key); } });

  const helpers = {
    text: toText,
    /** From now on functions have no text, like those that were compiled beforehand. */
    forgetText: () => { keepsText = false; },
    number: (value) => +value,
    boolean: (value) => !!value,
    stringify: (value) => stringify(value),
    parse: (text) => parse(text),
    property: (object, name) => {
      if (object === null || object === undefined) throw new OwnTypeError("cannot read property '" + name + "' of " + object);
      return object[name];
    },
    isFunction: (value) => typeof value === "function",
    /** A function that a module exports; false if it has no export of that name, true if that is no function. */
    exported: (namespace, name) => {
      if (!(name in namespace)) return false;
      const { value } = attempt(() => namespace[name]);
      return typeof value === "function" ? value : true;
    },
    explain,
    /** Gives an object functions as methods, each with the number of arguments that it says to take. */
    install: (object, lengths, ...functions) => {
      for (let index = 0; index < functions.length; index++) {
        const method = functions[index];
        defineProperty(method, "length", { value: lengths[index], configurable: true });
        object[method.name] = method;
      }
      return object;
    },
    logged: (...values) => {
      let line = "";
      for (let index = 0; index < values.length; index++) {
        const value = values[index];
        const text = isObject(value) && !isError(value) ? attempt(() => stringify(value)) : { value };
        const part = "thrown" in text ? undefined : asText(text.value);
        if (part === undefined) return undefined;
        line += (index > 0 ? " " : "") + part;
      }
      return line;
    },
    /** What a handler returned, as data; undefined if it is no object. */
    response: (value) => {
      if (!isObject(value)) return undefined;
      const body = bodyOf(value);
      if (body.failed !== undefined) return { body };
      const headers = headersOf(value);
      if (headers === undefined) return { body };
      const status = attempt(() => value.statusCode);
      return { body, headers, status: typeof status.value === "number" || status.value === undefined ? status.value : status.value === null ? undefined : "invalid" };
    },
    verdict: (value) => {
      if (!isObject(value)) return undefined;
      const description = attempt(() => value.description).value;
      return { valid: !!attempt(() => value.valid).value, description: typeof description === "string" ? description : "" };
    },
    /** The name of the table that a handle is for; undefined if there is no handle. */
    tableOf: (handle) => (handle === undefined || handle === null ? undefined : toText(handle._map_name)),
    /** An object with an entry for every name: a handle of the table called so. */
    tables: (lookup, { size, ...functions }) => {
      let known = new OwnSet();
      const table = (_, key) => {
        const name = symbolText(key);
        if (!known.has(name)) {
          lookup(name);
          if (known.size > 1000) known = new OwnSet();
          known.add(name);
        }
        const end = name.indexOf("\0");
        const handle = { __proto__: null, _map_name: end < 0 ? name : name.slice(0, end), ...functions };
        defineProperty(handle, "size", { get: size, enumerable: false, configurable: false });
        return handle;
      };
      const readOnly = (_, key) => { throw new OwnTypeError("'" + symbolText(key) + "' is read-only"); };
      const tables = new OwnProxy({ __proto__: null }, {
        __proto__: null,
        get: table,
        set: readOnly,
        defineProperty: readOnly,
        has: () => true,
        deleteProperty: () => true,
        ownKeys: () => [],
        getOwnPropertyDescriptor: (target, key) => ({ value: table(target, key), writable: false, enumerable: false, configurable: true }),
      });
      tablesObjects.add(tables);
      return tables;
    },
    /** Calls back for rows that lie one after the other: value, key, value, key, ... */
    visit: (rows, callback, handle) => {
      for (let index = 0; index < rows.length; index += 2) callback(rows[index], rows[index + 1], handle);
    },
    withBody: (request, functions) => {
      request.body = { ...functions };
      return request;
    },
  };
  return { ...helpers, names: keys(helpers).join(" ") };
})()`;

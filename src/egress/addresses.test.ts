import fc from "fast-check";
import { expect, test } from "vitest";
import { type AddressVerdict, judgeAddress } from "./addresses.ts";

test.each<[string, AddressVerdict]>([
  ["1.1.1.1", "public"],
  ["2606:4700::1111", "public"],
  ["127.0.0.1", "private"],
  ["127.255.255.254", "private"],
  ["0.0.0.0", "private"],
  ["10.1.2.3", "private"],
  ["172.16.0.1", "private"],
  ["172.32.0.1", "public"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["::1", "private"],
  ["::", "private"],
  ["fc00::1", "private"],
  ["fd12:3456::1", "private"],
  ["169.254.169.254", "forbidden"],
  ["169.254.170.2", "forbidden"],
  ["100.100.100.200", "forbidden"],
  ["fd00:ec2::254", "forbidden"],
  ["fe80::1", "forbidden"],
  ["fe80::1%eth0", "forbidden"],
  ["224.0.0.1", "forbidden"],
  ["255.255.255.255", "forbidden"],
  ["ff02::1", "forbidden"],
  ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "forbidden"],
  ["::ffff:127.0.0.1", "private"],
  ["::ffff:7f00:1", "private"],
  ["::ffff:169.254.169.254", "forbidden"],
  ["::127.0.0.1", "private"],
  ["64:ff9b::a9fe:a9fe", "forbidden"],
  ["64:ff9b::0a00:0001", "private"],
  ["2002:7f00:0001::", "private"],
  ["2002:a9fe:a9fe::1", "forbidden"],
  ["::ffff:0:169.254.169.254", "forbidden"],
  ["::ffff:0:10.0.0.1", "private"],
  ["64:ff9b:1::7f00:1", "forbidden"],
  ["64:ff9b:1:a9fe:a9:fe00::", "forbidden"],
  ["168.63.129.16", "forbidden"],
  ["192.0.0.192", "forbidden"],
  ["fd20:ce::254", "forbidden"],
  ["not an address", "forbidden"],
  ["localhost", "forbidden"],
  ["", "forbidden"],
])("%s is %s", (address, verdict) => {
  expect(judgeAddress(address)).toBe(verdict);
});

test("an IPv4 address is judged the same in every form that reaches it", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const hex = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
      const [a, b, c, d] = hex;
      const verdict = judgeAddress(address);
      const forms = [
        `::ffff:${address}`,
        `::ffff:${a}${b}:${c}${d}`,
        `::ffff:0:${a}${b}:${c}${d}`,
        `64:ff9b::${a}${b}:${c}${d}`,
        `2002:${a}${b}:${c}${d}::`,
      ];
      expect(forms.filter((form) => judgeAddress(form) !== verdict)).toEqual([]);
    }),
  );
});

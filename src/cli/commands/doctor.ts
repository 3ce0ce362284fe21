import { renderRows } from "../../render/render-rows.js";
import type { CommandContext } from "../context.js";
import type { Check } from "../doctor/check.js";
import { checkPackage } from "../doctor/check-package.js";
import { checkServices } from "../doctor/check-services.js";
import { checkStore } from "../doctor/check-store.js";
import { writeOut } from "../write-out.js";

/** `audience doctor`: checks everything, changes nothing. Exits 3 when something does not answer, 1 when it is broken. */
export async function run(_args: Record<string, never>, context: CommandContext): Promise<number> {
  const { config, signal, output, render, stdout } = context;
  const checks = [
    ...(await checkPackage(signal)),
    ...(await checkStore(config, signal)),
    ...(await checkServices(context)),
  ];
  const rows = checks.map(({ check, status, detail, hint }) => [check, status, detail, hint]);
  await writeOut(stdout, renderRows(["check", "status", "detail", "hint"], rows, output, render));
  return exitCodeOf(checks);
}

function exitCodeOf(checks: readonly Check[]): number {
  const broken = checks.filter((check) => check.status === "fail");
  if (broken.length === 0) return 0;
  return broken.some((check) => check.unreachable === true) ? 3 : 1;
}

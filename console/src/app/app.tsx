import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { createQueryClient } from "../api/queries.ts";
import { Gate } from "../session/gate.tsx";
import { Toasts } from "../ui/toast.tsx";
import { createConsoleRouter } from "./router.tsx";
import type { Around } from "./shell.tsx";

export function App() {
  const signedOut = useRef<() => void>(() => undefined);
  const [queries] = useState(() => createQueryClient(() => signedOut.current()));
  const onReady = useCallback(
    (call: () => void): void => {
      signedOut.current = () => {
        queries.clear();
        call();
      };
    },
    [queries],
  );
  return (
    <QueryClientProvider client={queries}>
      <Gate onReady={onReady}>{(around) => <Inside {...around} />}</Gate>
      <Toasts />
    </QueryClientProvider>
  );
}

function Inside(around: Around) {
  const [router] = useState(() => createConsoleRouter(around));
  return <RouterProvider router={router} />;
}

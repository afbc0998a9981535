import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../theme.css";
import { MerchantPage } from "./merchant-page.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MerchantPage />
  </StrictMode>,
);

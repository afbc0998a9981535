import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../theme.css";
import { StartPage } from "./start-page.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <StartPage />
  </StrictMode>,
);

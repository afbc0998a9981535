import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../theme.css";
import "./styles/frame.css";
import "./styles/top.css";
import "./styles/headings.css";
import "./styles/shelf.css";
import "./styles/card.css";
import "./styles/plate.css";
import "./styles/product.css";
import "./styles/together.css";
import "./styles/facets.css";
import "./styles/panel.css";
import "./styles/order.css";
import "./styles/states.css";
import { Shop } from "./shop.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Shop />
  </StrictMode>,
);

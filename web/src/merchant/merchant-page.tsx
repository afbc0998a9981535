export function MerchantPage() {
  return <main id="main" className="page" />;
}

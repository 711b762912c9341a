export default function Page() { return <div>soon</div>; }

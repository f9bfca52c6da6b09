/** The document of the app's window; everything in it is drawn by the page's script. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Latchkey</title>
<link rel="stylesheet" href="style.css">
<script type="module" src="renderer.js"></script>
</head>
<body></body>
</html>
`

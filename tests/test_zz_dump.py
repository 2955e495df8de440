from chromium import Person, chromium
from server import Clock, serving
def test_d(tmp_path):
    with serving(tmp_path, Clock()) as house:
        import urllib.request, re
        h=urllib.request.urlopen(house.config.address+"/ajukan").read().decode()
        css=open('functions/portal/web/static/portal.css').read()
        h=re.sub(r'<link rel="stylesheet"[^>]*>', '<style>'+css.replace('\\','\\\\')+'</style>',h); h=re.sub(r'<script.*?</script>','',h); h=re.sub(r'<link rel="icon"[^>]*>','',h)
        open('/tmp/page.html','w').write(h)
